import type { Outgoing } from '../../activities/channels/transport.ts'
import type { SmtpTuning } from '../../activities/channels/smtp.ts'
import type { SmtpSettings } from '../../activities/channels/smtp/settings.ts'

let count = 0

/** A message for one recipient, with an id of its own. */
export function outgoing(changes: Partial<Outgoing> = {}): Outgoing {
  count += 1
  return {
    id: `msg_${count.toString(36)}`,
    channel: 'email',
    to: 'ada@example.org',
    toName: 'Ada Lovelace',
    content: { subject: 'You have won', html: '<p>You have won, Ada.</p>', text: 'You have won, Ada.' },
    unsubscribe: null,
    ...changes,
  }
}

/** Settings for a mail server on this machine. */
export function mailSettings(port: number, changes: Partial<SmtpSettings> = {}): SmtpSettings {
  return { host: '127.0.0.1', port, from: { name: 'Fanfare', address: 'news@example.com' }, ...changes }
}

/** Short waits, so that a server that hangs is given up within the test. */
export const IMPATIENT: SmtpTuning = {
  connections: 4,
  timeouts: { connect: 300, greeting: 300, reply: 300, send: 1_000 },
}

/** Waits that no test comes to the end of, however busy the machine. */
export const PATIENT: SmtpTuning['timeouts'] = {
  connect: 20_000,
  greeting: 20_000,
  reply: 20_000,
  send: 20_000,
}
