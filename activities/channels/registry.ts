import type { Channel } from '../../flow/channels/channel.ts'
import { joinSecrets, type Secrets } from './secrets.ts'
import { simulator } from './simulator.ts'
import { smtp } from './smtp.ts'
import type { Surroundings, TransportKind } from './transport-kind.ts'
import type { Transport } from './transport.ts'

/** Every sort of provider connection there is. A new one is a file and a line here. */
export const TRANSPORTS = { simulator, smtp } as const satisfies Record<string, TransportKind>
export type TransportName = keyof typeof TRANSPORTS

/** The kinds that can serve a channel, in the order people choose from. */
export function transportsOf(channel: Channel): TransportName[] {
  return names().filter((name) => kindOf(name)?.channels.includes(channel))
}

/** The kind behind a stored or posted name; undefined for one that is not (or no longer) known. */
export function kindOf(name: string): TransportKind | undefined {
  return Object.hasOwn(TRANSPORTS, name) ? TRANSPORTS[name as TransportName] : undefined // own key: it is a name
}

export interface StoredTransport {
  kind: string
  /** The settings as stored, without secrets. */
  settings: unknown
  secrets: Secrets
}

/** Opens the connection a stored transport describes; throws when its kind or settings no longer fit. */
export function openTransport(stored: StoredTransport, surroundings: Surroundings): Transport {
  const kind = kindOf(stored.kind)
  if (!kind?.channels.includes(surroundings.channel)) {
    throw new Error(
      `No transport of kind ${stored.kind} serves ${surroundings.channel}. Set the channel up again.`,
    )
  }
  return kind.open(joinSecrets(stored.settings, stored.secrets), surroundings)
}

function names(): TransportName[] {
  return Object.keys(TRANSPORTS) as TransportName[] // the keys of a constant are its names
}
