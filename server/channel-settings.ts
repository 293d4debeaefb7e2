import { z } from 'zod'
import { kindOf, TRANSPORTS, transportsOf } from '../activities/channels/registry.ts'
import { splitSecrets } from '../activities/channels/secrets.ts'
import type { TransportKind } from '../activities/channels/transport-kind.ts'
import { invalid } from '../db/fault.ts'
import type { NewTransport, StoredTransport } from '../db/transports.ts'
import type { Channel } from '../flow/channels/channel.ts'

/** Of a kind met by name, only this property is known here; its own settings are passed through as they parsed. */
type Shape = z.ZodObject<{ transport: z.ZodLiteral<string> }>

const shape = ([name, { settings }]: [string, TransportKind]): Shape =>
  settings.extend({ transport: z.literal(name) }).meta({ id: `Transport-${name}` })
const [first, ...others] = Object.entries<TransportKind>(TRANSPORTS).map(shape)

/** What may be put: a transport by name, with its own settings beside. */
export const channelBody = z.discriminatedUnion('transport', [first!, ...others]) // there is always one

interface Posted {
  channel: Channel
  kind: string
  settings: Record<string, unknown>
}

// Whoever may change these, but may not read the secret, could otherwise have it sent to a server of their own.
const ACCOUNT = ['host', 'port', 'secure', 'user']

/** What to store: secrets apart, and those left out kept from before while the account stays the same. */
export function mergeTransport(
  { channel, kind, settings }: Posted,
  before: StoredTransport | undefined,
): NewTransport {
  if (!kindOf(kind)?.channels.includes(channel)) {
    const message = `This transport does not serve ${channel}. Choose from: ${transportsOf(channel).join(', ')}.`
    throw invalid([{ path: 'transport', code: 'wrong-channel', message }])
  }
  const { shown, secrets } = splitSecrets(settings, kindOf(kind)?.secrets ?? [])
  const same = before?.kind === kind && ACCOUNT.every((key) => before.settings[key] === shown[key])
  return { channel, kind, settings: shown, secrets: { ...(same && before.secrets), ...secrets } }
}
