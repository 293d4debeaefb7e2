import SMTPConnection from 'nodemailer/lib/smtp-connection'
import { type Abilities, abilitiesOf } from './abilities.ts'
import type { Encryption } from './encryption.ts'
import type { Fault, SmtpError } from './fault.ts'

export interface Target {
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

/** A connection that is ready for its first message. */
export interface Connected {
  connection: SMTPConnection
  abilities: Abilities
  /** nodemailer has written the final dot of a message it sends. */
  wire: { dotWritten: boolean }
}

/** Connects, encrypts, signs in: all of it nodemailer's. */
export async function connect({
  host,
  port,
  encryption,
  auth,
  timeouts,
}: Target): Promise<Connected | { fault: Fault }> {
  const wire = { dotWritten: false }
  const connection = new SMTPConnection({
    host,
    port,
    ...encryption,
    connectionTimeout: timeouts.connect,
    dnsTimeout: timeouts.connect,
    greetingTimeout: timeouts.greeting,
    socketTimeout: timeouts.reply,
    socketCloseTimeout: 500,
    // nodemailer reports `message` when the last byte, the final dot, has gone to the socket: the exact border between
    // "did not leave" and "may have left", which its errors do not tell.
    logger: { info: (entry: { tnx?: string }) => void (wire.dotWritten ||= entry.tnx === 'message') },
  })
  const got = await greeted(connection, auth)
  if (typeof got === 'string') return { connection, wire, abilities: abilitiesOf(got) }
  connection.close()
  const { response } = got
  const stage = got.code === 'EAUTH' ? 'sign-in' : 'connect'
  const reply = typeof response === 'string' ? { reply: response } : {}
  return { fault: { stage, inDoubt: false, error: got, ...reply } }
}

/** What the server announced, once it lets us in; or why it does not. */
function greeted(connection: SMTPConnection, auth: Target['auth']): Promise<string | SmtpError> {
  return new Promise((resolve) => {
    connection.once('end', () => resolve(new Error('Connection closed unexpectedly')))
    connection.prependListener('error', resolve) // stays: later errors reach the dialogue, and must find a listener
    connection.connect((refused) => {
      if (refused) return resolve(refused)
      const ehlo = connection.lastServerResponse || ''
      if (!auth) return resolve(ehlo)
      connection.login(auth, (denied) => resolve(denied ?? ehlo))
    })
  })
}
