import SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { Encryption } from './encryption.ts'
import type { Stage } from './reply.ts'

export interface SessionOptions {
  host: string
  port: number
  encryption: Encryption
  auth?: { user: string; pass: string }
  timeouts: Timeouts
}

/** All in milliseconds. `reply` bounds every single wait for the server, `send` a whole hand-over. */
export interface Timeouts {
  connect: number
  greeting: number
  reply: number
  send: number
}

/** Why a connection or a hand-over failed, as it happened on the wire. */
export interface Fault {
  stage: Stage
  /** True once the final dot was written and no answer to it came back: the server may have the message. */
  inDoubt: boolean
  /** The server's refusal, where there was one. */
  reply?: string
  error: SmtpError
}

interface SmtpError extends Error {
  code?: string
  command?: string
  response?: string
  originalCode?: string
  timeoutType?: string
}

export type Handed = { reply: string } | { fault: Fault }

/** One SMTP connection that carries message after message. */
export interface Session {
  readonly open: boolean
  /** The server takes addresses with letters beyond ASCII. */
  readonly international: boolean
  /** Messages handed over so far. */
  readonly sent: number
  /** The last transaction was refused and needs a reset. */
  readonly unsettled: boolean
  deliver(envelope: { from: string; to: string }, raw: Buffer): Promise<Handed>
  /** Ends a transaction that was refused; also shows the server that somebody is there. */
  reset(): Promise<void>
  quit(): void
}

/** Connects, encrypts, signs in. */
export async function openSession(options: SessionOptions): Promise<{ session: Session } | { fault: Fault }> {
  const wire = { dotWritten: false }
  const connection = new SMTPConnection({
    host: options.host,
    port: options.port,
    ...options.encryption,
    connectionTimeout: options.timeouts.connect,
    dnsTimeout: options.timeouts.connect,
    greetingTimeout: options.timeouts.greeting,
    socketTimeout: options.timeouts.reply,
    socketCloseTimeout: 500,
    // nodemailer reports `message` when the last byte, the final dot, has gone to the socket: the exact border between
    // "did not leave" and "may have left", which its errors do not tell.
    logger: { info: (entry: { tnx?: string }) => void (wire.dotWritten ||= entry.tnx === 'message') },
  })
  const failed = await connected(connection, options.auth)
  if (!failed) return { session: sessionOver(connection, { wire, timeoutMs: options.timeouts.send }) }
  connection.close()
  return { fault: { stage: stageOf(failed), inDoubt: false, error: failed, ...replyOf(failed) } }
}

function connected(connection: SMTPConnection, auth: SessionOptions['auth']): Promise<SmtpError | undefined> {
  return new Promise((resolve) => {
    connection.once('end', () => resolve(new Error('Connection closed unexpectedly')))
    connection.prependListener('error', resolve) // stays: later errors reach the send they belong to
    connection.connect((refused) => {
      if (refused) return resolve(refused)
      if (!auth) return resolve(undefined)
      connection.login(auth, (denied) => resolve(denied ?? undefined))
    })
  })
}

function sessionOver(connection: SMTPConnection, { wire, timeoutMs }: Under): Session {
  const international = /^\d{3}[ -]SMTPUTF8\b/im.test(connection.lastServerResponse || '')
  let sent = 0
  let unsettled = false
  const session: Session = {
    international,
    get open() {
      return !connection.destroyed
    },
    get sent() {
      return sent
    },
    get unsettled() {
      return unsettled
    },
    deliver: (envelope, raw) =>
      new Promise((resolve) => {
        sent += 1
        unsettled = true
        wire.dotWritten = false
        const fail = (error: SmtpError): void => resolve({ fault: faultOf(error, wire.dotWritten) })
        const late = setTimeout(() => {
          connection.close() // forgets the send without a word, so it is settled here
          fail(Object.assign(new Error('Timeout'), { code: 'ETIMEDOUT', timeoutType: 'SEND_TIMEOUT' }))
        }, timeoutMs)
        connection.send({ ...envelope, size: raw.length }, raw, (error, info) => {
          clearTimeout(late)
          if (error) return fail(error)
          unsettled = false
          resolve({ reply: info?.response ?? '' })
        })
      }),
    reset: () =>
      new Promise((resolve) => {
        const done = (): void => resolve()
        connection.once('end', done)
        connection.reset((error) => {
          connection.off('end', done)
          unsettled = false
          if (error) connection.close()
          done()
        })
      }),
    quit: () => (session.open ? connection.quit() : connection.close()),
  }
  return session
}

interface Under {
  wire: { dotWritten: boolean }
  timeoutMs: number
}

function faultOf(error: SmtpError, dotWritten: boolean): Fault {
  const answered = error.code === 'EMESSAGE' && error.command === 'DATA' && /^[45]/.test(error.response ?? '')
  const inDoubt = dotWritten && !answered
  return { stage: stageOf(error), inDoubt, error, ...(inDoubt ? {} : replyOf(error)) }
}

function stageOf({ code, command }: SmtpError): Stage {
  if (code === 'EAUTH') return 'sign-in'
  if (command === 'MAIL FROM') return 'sender'
  if (command === 'RCPT TO') return 'recipient'
  if (command === 'DATA') return code === 'EMESSAGE' ? 'body' : 'data'
  return 'connect'
}

function replyOf({ response }: SmtpError): { reply?: string } {
  return typeof response === 'string' ? { reply: response } : {}
}
