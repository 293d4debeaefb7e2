import type { z } from 'zod'
import type { Channel, Reached } from '../../flow/channels/channel.ts'
import type { Transport } from './transport.ts'

/** What a provider tells later about a message, in our words; `key` makes a second delivery of it recognisable. */
export interface ReportedReceipt {
  key: string
  /** Public id of the message (`Outgoing.id`). */
  message: string
  providerId: string
  kind: Reached
  at: Date
}

/** What a transport is opened with, apart from its own settings. */
export interface Surroundings {
  channel: Channel
  /** Where this installation is reached from outside: callbacks of providers start with it. */
  publicUrl: string
  /** Takes receipts that this process makes itself, without a hook being called (simulator). */
  report?: (receipt: ReportedReceipt) => void | Promise<void>
}

/** A sort of provider connection: one file that describes it and one line in `TRANSPORTS`. */
export interface TransportKind {
  channels: readonly Channel[]
  /** Every key of `PUT /v1/channels/:channel` but `transport`, secrets included; unknown keys are refused. */
  settings: z.ZodObject
  /** Paths of the settings that are sealed and never shown, such as `dkim.privateKey`. */
  secrets: readonly string[]
  /** How far this provider itself reports a message; clicks and opens are ours and come with every transport. */
  reports: readonly Reached[]
  /** What keeps a transport with these settings from working, in words with the remedy. */
  problems(settings: unknown): string[]
  /** Parses the settings and opens the connection lazily; throws only on settings that do not fit. */
  open(settings: unknown, surroundings: Surroundings): Transport
}

interface Described<S extends z.ZodObject> {
  channels: readonly Channel[]
  settings: S
  secrets: readonly string[]
  reports: readonly Reached[]
  problems(settings: z.output<S>): string[]
  open(settings: z.output<S>, surroundings: Surroundings): Transport
}

/** A transport kind whose own functions see parsed settings. */
export function transportKind<S extends z.ZodObject>(kind: Described<S>): TransportKind & { settings: S } {
  return {
    ...kind,
    problems: (settings) => kind.problems(kind.settings.parse(settings)),
    open: (settings, surroundings) => kind.open(kind.settings.parse(settings), surroundings),
  }
}
