import { createServer, type IncomingMessage, type Server as HttpServer } from 'node:http'
import { createServer as createNetServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { createServer as createTlsServer } from 'node:tls'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import localhostCertificate from 'smtp-server/lib/tls-options.js'

/** One complete message as it came in, the final dot included. */
export interface Arrival {
  messageId: string
  to: string[]
  /** When the final dot was read: milliseconds since the epoch, with fractions. */
  at: number
  bytes: number
  /** False when it was answered with a refusal, so that the sender still has it. */
  taken: boolean
  raw?: string
}

/**
 * What goes wrong, at which point: the connection, a command, the middle of the body, or after the final dot. `act` is
 * `drop`, `hang`, `hold` (until `release`) or a reply such as `451 4.7.1 Try again later`. Ends after `times`
 * occurrences.
 */
export interface Mishap {
  at: 'greeting' | 'MAIL' | 'RCPT' | 'DATA' | 'body' | 'dot'
  act: string
  times?: number
}

export interface SinkOptions {
  port?: number
  pipelining?: boolean
  /** Keep the whole text of each message. */
  keep?: boolean
  /** How long each message takes, in ms. */
  slow?: number
  /** Encrypted from the first byte, with a certificate for localhost. */
  tls?: boolean
}

export interface Sink {
  port: number
  arrivals: Arrival[]
  /** The next mishaps, in the order they are looked through; an empty list is good weather. */
  plan(mishaps: Mishap[]): void
  /** How many answers are being held. */
  held(): number
  /** Gives the held answers. */
  release(): void
  close(): Promise<void>
}

/** A mail server that takes everything and counts it: raw sockets, no parsing beyond the protocol. */
export async function startSink({
  port = 0,
  pipelining = true,
  keep = false,
  slow = 0,
  tls = false,
}: SinkOptions = {}): Promise<Sink> {
  const arrivals: Arrival[] = []
  const held: (() => void)[] = []
  const sockets = new Set<Socket>()
  let mishaps: Mishap[] = []
  const mishap = (at: Mishap['at']): string | undefined => {
    const due = mishaps.find((each) => each.at === at && (each.times ?? 1) > 0)
    if (due) due.times = (due.times ?? 1) - 1
    return due?.act
  }
  const greet = (socket: Socket): void => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => {}) // a client that was killed is an ordinary client here
    converse(socket, {
      mishap,
      pipelining,
      keep,
      slow,
      hold: (go) => held.push(go),
      arrived: (each) => arrivals.push(each),
    })
  }
  const server = tls
    ? createTlsServer({ ...localhostCertificate({}), noDelay: true }, greet)
    : createNetServer({ noDelay: true }, greet)
  await listening(server, port)
  return {
    port: portOf(server),
    arrivals,
    plan: (next) => void (mishaps = next.map((each) => ({ ...each }))),
    held: () => held.length,
    release: () => held.splice(0).forEach((go) => go()),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

interface Conversation {
  mishap: (at: Mishap['at']) => string | undefined
  pipelining: boolean
  keep: boolean
  slow: number
  hold: (go: () => void) => void
  arrived: (arrival: Arrival) => void
}

const END = Buffer.from('\r\n.\r\n')

function converse(socket: Socket, { mishap, pipelining, keep, slow, hold, arrived }: Conversation): void {
  let pending: Buffer = Buffer.alloc(0)
  let inBody = false
  let stuck = false
  let from = false
  let to: string[] = []

  /** What was answered before still arrives. */
  const cut = (): void => {
    socket.uncork()
    socket.destroy()
  }

  /** Answers, or does the mishap instead; true when the ordinary answer was given. */
  const answer = (at: Mishap['at'] | undefined, reply: string): boolean => {
    const act = at && mishap(at)
    if (!act) socket.write(`${reply}\r\n`)
    else if (act === 'drop') cut()
    else if (act === 'hang') stuck = true
    else if (act === 'hold') wait(reply, hold)
    else socket.write(`${act}\r\n`)
    return !act || act === 'hold'
  }

  /** Nothing more is read until the answer was given. */
  const wait = (reply: string, until: (go: () => void) => void): void => {
    stuck = true
    until(() => {
      stuck = false
      if (!socket.destroyed) socket.write(`${reply}\r\n`)
      while (step());
    })
  }

  const ehlo = `250-sink${pipelining ? '\r\n250-PIPELINING' : ''}\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE 52428800`
  const command = (line: string): void => {
    const verb = line.slice(0, 4).toUpperCase()
    if (verb === 'EHLO') answer(undefined, ehlo)
    else if (verb === 'MAIL') {
      to = []
      from = answer('MAIL', '250 2.1.0 Ok')
    } else if (verb === 'RCPT') {
      if (!from) answer(undefined, '503 5.5.1 No sender')
      else if (answer('RCPT', '250 2.1.5 Ok')) to.push(/<([^>]*)>/.exec(line)?.[1] ?? '')
    } else if (verb === 'DATA') {
      inBody = to.length > 0 ? answer('DATA', '354 Go ahead') : !answer(undefined, '503 5.5.1 No recipient')
    } else if (verb === 'QUIT') socket.end('221 2.0.0 Bye\r\n')
    else answer(undefined, '250 2.0.0 Ok')
  }

  const body = (raw: Buffer): void => {
    const at = performance.timeOrigin + performance.now()
    const head = raw.toString('latin1', 0, Math.max(0, raw.indexOf('\r\n\r\n')))
    const messageId = /^message-id:\s*(<[^>\r\n]*>)/im.exec(head)?.[1] ?? ''
    const arrival = { messageId, to, at, bytes: raw.length, ...(keep ? { raw: raw.toString('utf8') } : {}) }
    const act = mishap('dot')
    // Counted before the answer: a drop or a hang after the dot leaves a message that the sender knows nothing of.
    arrived({ ...arrival, taken: !act || ['drop', 'hang', 'hold'].includes(act) })
    const taken = '250 2.0.0 Ok: taken'
    if (act === 'drop') cut()
    else if (act === 'hang') stuck = true
    else if (act === 'hold') wait(taken, hold)
    else if (!act && slow > 0) wait(taken, (go) => setTimeout(go, slow))
    else socket.write(`${act ?? taken}\r\n`)
    to = []
  }

  /** Takes one command or body off the front; false when it has to wait for more bytes, or for ever. */
  const step = (): boolean => {
    if (stuck || socket.destroyed) return false
    if (inBody) {
      const end = pending.indexOf(END)
      if (end < 0) return false
      inBody = false
      body(pending.subarray(0, end))
      pending = pending.subarray(end + END.length)
      return true
    }
    const end = pending.indexOf('\r\n')
    if (end < 0) return false
    const line = pending.toString('utf8', 0, end)
    pending = pending.subarray(end + 2)
    command(line)
    return true
  }

  socket.on('data', (chunk) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk])
    if (inBody && mishap('body')) socket.destroy()
    socket.cork() // what was asked in one go is answered in one
    while (step());
    socket.uncork()
  })
  answer('greeting', '220 sink ESMTP')
}

function listening(server: Server | HttpServer, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve())
  })
}

function portOf(server: Server | HttpServer): number {
  return (server.address() as AddressInfo).port // listening on a port, so never a path or null
}

/**
 * GET /arrivals: all of them; GET /held: how many answers are held. POST /plan: an array of mishaps; /release: gives
 * held answers; /reset: forgets the arrivals.
 */
async function startControl(sink: Sink, port: number): Promise<number> {
  const routes: Record<string, (request: IncomingMessage) => unknown> = {
    'GET /arrivals': () => sink.arrivals,
    'POST /plan': async (request) => sink.plan(JSON.parse(await text(request)) as Mishap[]), // our own tests speak here
    'GET /held': () => sink.held(),
    'POST /release': () => sink.release(),
    'POST /reset': () => void sink.arrivals.splice(0),
  }
  const server = createServer((request, response) => {
    const route = routes[`${request.method} ${request.url}`]
    Promise.resolve(route?.(request))
      .then((answer) => response.writeHead(route ? 200 : 404).end(JSON.stringify(answer ?? null)))
      .catch(() => response.writeHead(400).end())
  })
  await listening(server, port)
  return portOf(server)
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '0' },
      control: { type: 'string', default: '0' },
      keep: { type: 'boolean', default: false },
      slow: { type: 'string', default: '0' },
      tls: { type: 'boolean', default: false },
      'no-pipelining': { type: 'boolean', default: false },
    },
  })
  const sink = await startSink({
    port: Number(values.port),
    keep: values.keep,
    slow: Number(values.slow),
    tls: values.tls,
    pipelining: !values['no-pipelining'],
  })
  const control = await startControl(sink, Number(values.control))
  console.log(JSON.stringify({ port: sink.port, control }))
}
