import { once } from 'node:events'
import type { AddressInfo, Socket } from 'node:net'
import { SMTPServer, type SMTPServerOptions, type SMTPServerSession } from 'smtp-server'

/** What a mail server does at one point of the conversation instead of agreeing. */
type Turn = 'hang' | 'drop' | { code: number; text: string } | { afterMs: number }

/** Turns by the point they come at: `body` in the middle of it, `dot` after the whole message has arrived. */
export interface Script {
  greeting?: Turn
  auth?: Turn
  mail?: Turn
  rcpt?: Turn
  body?: 'drop'
  dot?: Turn
}

export interface Received {
  from: string
  to: string[]
  raw: Buffer
  /** It came encrypted. */
  secure: boolean
}

export interface MailServer {
  port: number
  /** Every message that arrived whole, answered or not: the copies that exist. */
  received: Received[]
  /** RCPT commands that were seen, whatever was answered. */
  recipients: string[]
  /** Connections made so far. */
  readonly connections: number
  /** May be changed at any time. */
  script: Script
  /** Ends the connections that are open, as servers do with idle ones; resolves once the client has ended them, too. */
  hangUp(): Promise<unknown>
  close(): Promise<void>
}

/** A real mail server on loopback that follows a script and keeps what it gets. */
export async function startMailServer(
  script: Script = {},
  options: SMTPServerOptions = {},
): Promise<MailServer> {
  const sockets = new Map<number, Socket>()
  let connections = 0
  const double: Omit<MailServer, 'port' | 'connections'> = {
    received: [],
    recipients: [],
    script,
    hangUp: () => Promise.all([...sockets.values()].map((socket) => once(socket.end(), 'close'))),
    close: () => new Promise((resolve) => server.close(resolve)),
  }
  const drop = ({ remotePort }: SMTPServerSession): void => void sockets.get(remotePort)?.destroy()
  const take = (session: SMTPServerSession, turn: Turn | undefined, next: Next): void => {
    if (turn === undefined) next()
    else if (turn === 'drop') drop(session)
    else if (turn === 'hang') return
    else if ('afterMs' in turn) setTimeout(next, turn.afterMs)
    else next(Object.assign(new Error(turn.text), { responseCode: turn.code }))
  }

  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    logger: false,
    closeTimeout: 1,
    ...options,
    onConnect: (session, next) => take(session, double.script.greeting, next),
    onAuth: ({ username }, session, next) =>
      take(session, double.script.auth, (error) => next(error, error ? undefined : { user: username })),
    onMailFrom: (_address, session, next) => take(session, double.script.mail, next),
    onRcptTo: ({ address }, session, next) => {
      double.recipients.push(address)
      take(session, double.script.rcpt, next)
    },
    onData: (stream, session, next) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => {
        chunks.push(chunk)
        if (double.script.body) drop(session)
      })
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope
        const from = mailFrom ? mailFrom.address : ''
        const raw = Buffer.concat(chunks)
        double.received.push({ from, to: rcptTo.map(({ address }) => address), raw, secure: session.secure })
        take(session, double.script.dot, next)
      })
    },
  })
  server.on('error', () => {}) // dropped connections are the point of it
  server.server.on('connection', (socket: Socket) => {
    connections += 1
    const key = socket.remotePort ?? 0
    sockets.set(key, socket)
    socket.on('close', () => sockets.delete(key))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const { port } = server.server.address() as AddressInfo // listening on a port, so never a path or null
  return Object.defineProperty(Object.assign(double, { port }), 'connections', {
    get: () => connections,
  }) as MailServer
}

type Next = (error?: Error | null) => void
