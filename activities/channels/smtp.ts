import { transportKind } from './transport-kind.ts'
import { composer, messageIdOf } from './smtp/compose.ts'
import type { Target, Timeouts } from './smtp/connect.ts'
import { Unsigned } from './smtp/dkim.ts'
import { encryptionOf } from './smtp/encryption.ts'
import { type Mailbox, parseMailbox } from './smtp/mailbox.ts'
import { outcomeOf } from './smtp/outcome.ts'
import { openSession } from './smtp/session.ts'
import { sessionsOf } from './smtp/sessions.ts'
import { type SmtpSettings, smtpSettings } from './smtp/settings.ts'
import { slotsOf } from './slots.ts'
import type { Outcome, Outgoing, Transport } from './transport.ts'

/** E-mail through any mail server. */
export const smtp = transportKind({
  channels: ['email'],
  settings: smtpSettings,
  secrets: ['password', 'dkim.privateKey'],
  reports: ['sent'],
  problems: ({ user, password }) =>
    (user === undefined) === (password === undefined)
      ? []
      : ['Signing in takes both: set `user` and `password`.'],
  open: (settings) => openSmtp(settings),
})

export interface SmtpTuning {
  /** How many there may be at once. */
  connections: number
  timeouts: Timeouts
}

const TUNING: SmtpTuning = {
  connections: 20,
  timeouts: { connect: 10_000, greeting: 10_000, reply: 60_000, send: 120_000 },
}

/** For each connection one message at the server, one whose envelope is under way, and two that are being made. */
const PER_CONNECTION = 4

/** A transport over one mail server. Connects with the first message and keeps the connection. */
export function openSmtp(settings: SmtpSettings, tuning: SmtpTuning = TUNING): Transport {
  const concurrency = tuning.connections * PER_CONNECTION
  const slots = slotsOf(concurrency)
  const sessions = sessionsOf((feed) => openSession(targetOf(settings, tuning), feed), tuning.connections)
  const compose = composer(settings)
  const sender = parseMailbox(settings.from.address)?.address ?? settings.from.address
  let closed = false

  const handOver = async (message: Outgoing, mailbox: Mailbox): Promise<Outcome> => {
    const raw = await compose(message, mailbox).catch((error) =>
      error instanceof Unsigned ? UNSIGNED : UNWRITABLE,
    )
    if ('outcome' in raw) return raw
    const { address, international } = mailbox
    const handed = await sessions.carry({ from: sender, to: address, international, raw })
    const providerId = messageIdOf(message.id, settings.from.address)
    return outcomeOf(handed, { server: `${settings.host}:${settings.port}`, to: address, providerId })
  }

  return {
    concurrency,
    perSecond: settings.rate?.perSecond,
    async send(message) {
      if (closed) return CLOSED
      const mailbox = parseMailbox(message.to)
      if (!mailbox) return NO_MAILBOX
      if (!hasBody(message)) return EMPTY
      const free = await slots.take()
      return handOver(message, mailbox)
        .catch(() => ASTRAY)
        .finally(free)
    },
    async close() {
      closed = true
      const ended = sessions.close()
      await slots.drained()
      await ended
    },
  }
}

function targetOf(settings: SmtpSettings, { timeouts }: SmtpTuning): Target {
  const { host, port, user, password } = settings
  const target = { host, port, encryption: encryptionOf(settings), timeouts }
  return user === undefined || password === undefined ? target : { ...target, auth: { user, pass: password } }
}

function hasBody({ content }: Outgoing): boolean {
  return Boolean(content.html || content.text)
}

// Nothing below is known to throw; should it, the message may have gone.
const ASTRAY: Outcome = {
  outcome: 'unknown',
  response: 'The hand-over to the mail server ended in a fault of ours.',
}
const CLOSED: Outcome = {
  outcome: 'not-sent',
  response: 'The connection to the mail server is being closed.',
}
const NO_MAILBOX: Outcome = {
  outcome: 'rejected',
  class: 'invalid-address',
  response: 'The address is not one e-mail address.',
}
const UNWRITABLE: Outcome = {
  outcome: 'rejected',
  class: 'content',
  response: 'The message could not be written as an e-mail.',
}
const UNSIGNED: Outcome = {
  outcome: 'not-sent',
  response: 'The message could not be signed with the DKIM key.',
}
const EMPTY: Outcome = {
  outcome: 'rejected',
  class: 'content',
  response: 'The message has neither HTML nor text.',
}
