import type { Channel } from './channels/channel.ts'
import type { Condition } from './conditions/schema.ts'
import type { Pause } from './pauses.ts'
import type { Reason } from './reason.ts'

/** Instants are milliseconds since 1970 in UTC; a `seq` is the order in which events were received. */
export interface MemberFacts {
  id: number
  externalId: string
  email: string | null
  phone: string | null
  locale: string | null
  timeZone: string | null
  attributes: Record<string, unknown>
  tags: string[]
  preferredChannels: Channel[]
  /** Where each channel reaches the member; a channel without an address is absent. */
  addresses: Partial<Record<Channel, string>>
  /** Addresses that must not be used, by channel. */
  suppressions: Partial<Record<Channel, { reason: string; at: number }>>
  /** The current state per topic and channel; topic `*` revoked is a STOP on that channel. */
  consents: ConsentFact[]
  /** Occurrences of the event types the plan needs. */
  events: EventFact[]
  lists: string[]
  flows: { id: string; state: 'inside' | 'ended' }[]
  /** Marketing messages that count towards caps, as far back as the longest cap looks; what is about to leave, as of now. */
  sends: {
    at: number
    channel: Channel
    topic: string | null
    /** The enrollment it waits at, if it has not been handed over: it will be decided on once more before. */
    waiting?: number
  }[]
  erased: boolean
}

export interface ConsentFact {
  topic: string
  channel: Channel
  state: 'granted' | 'revoked'
  source: string
  at: number
}

export interface EventFact {
  seq: number
  type: string
  at: number
  data: Record<string, unknown>
}

/** One row of the ledger at a node of this enrollment. */
export interface HopFact {
  node: string
  hop: number
  channel: Channel
  status: 'pending' | 'sending' | 'unknown' | 'sent' | 'failed' | 'delivered' | 'read'
  sentAt: number | null
  deliveredAt: number | null
  readAt: number | null
  clickedAt: number | null
  /** Set while a retry of the same hop waits (rate-limited, not sent). */
  retryAt: number | null
  reason: Reason | null
}

/** The request of one webhook step of this enrollment. */
export interface CallFact {
  node: string
  status: 'pending' | 'calling' | 'done' | 'failed'
  /** Set while the next try waits. */
  retryAt: number | null
  /** What became of it; while it is pending, of the last try. */
  reason: Reason | null
}

export interface EnrollmentFacts {
  id: number
  node: string
  /** When the member reached `node`, and the rest they hold there, if any. */
  arrivedAt: number
  rest: Rest | null
  /** The end that rest was given, `rest.until`; null when it has none, or must be worked out anew. */
  dueAt: number | null
  enteredAt: number
  /** Events with a greater seq were received after the entry. */
  seq: number
  entry: { id: string | null; type: string | null; at: number; data: Record<string, unknown> } | null
  journey: Record<string, unknown>
  /** An act on the flow or member (exit, stop, …) that ends the journey at the next decision. */
  mark: Reason | null
  /** Why a rest whose end came while the flow was paused ends the journey, if such rests were dropped. */
  lapsed?: Reason | null
  hops: HopFact[]
  /** Loaded for plans that call at all. */
  calls: CallFact[]
  test: boolean
}

/** Why a member rests, and what besides time can end it. */
export interface Rest extends Reason {
  awaits?: { receipt: true } | { event: string; afterSeq: number } | { attributes: true }
  /** The end it was given, in ms since 1970: being looked at earlier changes nothing about it. Null: when somebody acts. */
  until?: number | null
  /** On a clock, which pauses put off: the moment at which `until` was right. */
  since?: number
  /** A pause of the flow keeps it: who ends the pause has it looked at. */
  held?: true
}

/** What a workspace has and allows: the same for every member of a batch. */
export interface WorkspaceFacts {
  timeZone: string
  locale: string
  channelOrder: Channel[]
  quietHours: QuietHours | null
  frequencyCaps: FrequencyCap[]
  sending: boolean
  allowList: string[] | null
  transports: Partial<Record<Channel, { id: number; kind: string; revision: number; ready: boolean }>>
  templates: Record<string, TemplateFact>
  audiences: Record<string, Condition>
  /** What was done to flows, by row id; one that nobody acted on is absent. */
  acts: Record<number, FlowActs>
}

/** What people did to a flow that those inside obey at their next decision. */
export interface FlowActs {
  paused: boolean
  /** Those that are over, in order. */
  pauses: Pause[]
  /** Everybody in this version, and in those before it, was taken out. */
  takenOut: number | null
  /** Launches whose people are being taken out. */
  cancelled?: number[]
}

export interface QuietHours {
  from: string
  to: string
  weekdays?: number[] | undefined
  channels?: Channel[] | undefined
}

export interface FrequencyCap {
  max: number
  per: 'day' | 'week' | 'month'
  window: 'calendar' | 'rolling'
  channel?: Channel | undefined
  topic?: string | undefined
}

/** The newest version of a template, as far as the gate and the router need it. */
export interface TemplateFact {
  id: number
  version: number
  versionId: number
  active: boolean
  defaultLocale: string
  content: Partial<Record<Channel, Record<string, ContentFact>>>
}

interface ContentFact {
  /** Paths printed without a `default` (`member.name`, `prize.code`): each must have a value. */
  required: string[]
}
