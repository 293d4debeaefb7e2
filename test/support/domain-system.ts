import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { claimPort } from '../../server/start/claim-port.ts'

/** One request as it came in. */
export interface Heard {
  method: string
  path: string
  headers: Record<string, string>
  body: string
}

/** What the system does with its next request. */
export type Behaviour =
  | { answer: number; body?: string; headers?: Record<string, string> }
  /** Reads the request and says nothing until `release`, then answers 200. */
  | 'hang'
  /** Answers 200 and goes on writing a byte at a time, without end. */
  | 'drip'
  /** Answers 200 with ten million bytes of JSON. */
  | 'flood'
  /** Closes the connection as soon as the request's head is there. */
  | 'cut-before'
  /** Reads the whole request, then closes the connection without an answer. */
  | 'cut-after'
  /** Begins an answer and closes the connection in its middle. */
  | 'cut-within'
  /** Answers in another language than HTTP. */
  | 'babble'

export interface DomainSystem {
  url: string
  port: number
  requests: Heard[]
  /** In order, one each; whoever comes after them is answered 200 and `{}`. */
  plan(...behaviours: Behaviour[]): void
  /** How many requests hang now. */
  held(): number
  release(body?: string): void
  close(): Promise<void>
}

/** A system of somebody else's, on a port of this machine, that behaves as badly as it is told to. */
export async function startDomainSystem(): Promise<DomainSystem> {
  const requests: Heard[] = []
  const plans: Behaviour[] = []
  const held = new Set<ServerResponse>()

  const server = createServer((request, response) => {
    const behaviour = plans.shift() ?? { answer: 200, body: '{}' }
    if (behaviour === 'cut-before') return void request.socket.destroy()
    request.on('error', () => {})
    void hear(request).then((heard) => answer(heard, behaviour, response))
  })
  function answer(heard: Heard, behaviour: Exclude<Behaviour, 'cut-before'>, response: ServerResponse): void {
    requests.push(heard)
    if (behaviour !== 'hang') return behave(behaviour, response)
    held.add(response)
    response.on('close', () => held.delete(response))
  }

  const port = await claimPort('127.0.0.1', 0)
  await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening))
  const address = server.address() as AddressInfo // a TCP server's address is an object

  const release = (body = '{}'): void => {
    for (const response of held) response.end(body)
    held.clear()
  }
  return {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    requests,
    plan: (...behaviours) => void plans.splice(0, plans.length, ...behaviours),
    held: () => held.size,
    release,
    async close() {
      release()
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}

async function hear(request: IncomingMessage): Promise<Heard> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
  )
  const { method = '', url: path = '' } = request
  return { method, path, headers, body: Buffer.concat(chunks).toString('utf8') }
}

function behave(behaviour: Exclude<Behaviour, 'hang' | 'cut-before'>, response: ServerResponse): void {
  if (typeof behaviour === 'object') {
    const { answer, body = '', headers = {} } = behaviour
    response.writeHead(answer, headers).end(body)
    return
  }
  switch (behaviour) {
    case 'drip':
      return drip(response)
    case 'flood':
      return flood(response)
    case 'cut-after':
      return void response.socket?.destroy()
    case 'cut-within':
      response.writeHead(200, { 'content-length': '1000' })
      return void response.write('{"half":', () => response.socket?.destroy())
    case 'babble':
      return void response.socket?.end('220 mail.example ESMTP\r\n')
  }
}

function drip(response: ServerResponse): void {
  const timer = setInterval(() => response.write(' '), 50)
  response.on('close', () => clearInterval(timer))
}

const CHUNK = `"${'x'.repeat(99_997)}",`

function flood(response: ServerResponse): void {
  response.on('error', () => {})
  response.write('[')
  for (let n = 0; n < 100; n += 1) response.write(CHUNK)
  response.end('0]')
}
