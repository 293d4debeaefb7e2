import { type AddressInfo, createServer, type Socket } from 'node:net'

/** One thing a client said: a command, or a whole body with its final dot. `HELLO` stands for its coming. */
export interface Said {
  verb: string
  text: string
  /** Connections are counted from 1, and so are the bodies on each. */
  connection: number
  bodies: number
  socket: Socket
}

export interface RawServer {
  port: number
  said: Said[]
  /** The Message-IDs of the bodies that came whole. */
  readonly arrived: string[]
  readonly connections: number
  close(): Promise<void>
}

const USUAL: Record<string, string> = {
  HELLO: '220 raw ESMTP',
  EHLO: '250-raw\r\n250-PIPELINING\r\n250 SMTPUTF8',
  DATA: '354 Go ahead',
  QUIT: '221 Bye',
}

/** A pipelining mail server that says what a test wants: `undefined` is the usual answer, '' none at all. */
export async function startRawServer(
  answer: (said: Said) => string | undefined = () => undefined,
): Promise<RawServer> {
  const said: Said[] = []
  const sockets = new Set<Socket>()
  let connections = 0
  const server = createServer((socket) => {
    connections += 1
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
    converse(socket, { connection: connections, said, answer })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port, // listening on a port, so never a path or null
    said,
    get arrived() {
      const bodies = said.filter(({ verb }) => verb === 'BODY')
      return bodies.map(({ text }) => /^message-id: <([^@]*)@/im.exec(text)?.[1] ?? '')
    },
    get connections() {
      return connections
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

interface Talk {
  connection: number
  said: Said[]
  answer: (said: Said) => string | undefined
}

function converse(socket: Socket, { connection, said, answer }: Talk): void {
  let unread = ''
  let bodies = 0
  let inBody = false
  const hear = (verb: string, text: string): void => {
    if (verb === 'BODY') bodies += 1
    const one = { verb, text, connection, bodies, socket }
    said.push(one)
    const reply = answer(one) ?? USUAL[verb] ?? '250 Ok'
    inBody = verb === 'DATA' && reply.startsWith('3')
    if (reply !== '' && !socket.destroyed && !socket.writableEnded) socket.write(`${reply}\r\n`)
  }
  socket.on('data', (chunk) => {
    unread += chunk.toString('latin1')
    for (;;) {
      const length = inBody ? bodyLength(unread) : unread.indexOf('\r\n') + 2
      if (length < 2) return
      const text = unread.slice(0, length)
      unread = unread.slice(length)
      hear(inBody ? 'BODY' : text.slice(0, 4).trim().toUpperCase(), text)
    }
  })
  hear('HELLO', '')
}

/** Up to and with the final dot; 0 where it has not come. */
function bodyLength(text: string): number {
  if (text.startsWith('.\r\n')) return 3
  const dot = text.indexOf('\r\n.\r\n')
  return dot < 0 ? 0 : dot + 5
}
