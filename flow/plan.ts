import type { Channel, Reached } from './channels/channel.ts'
import type { Condition } from './conditions/schema.ts'

export const IR_VERSION = 1

/** What a published version compiles to: frozen data, durations in ms, every exit resolved, no defaults left open. */
export interface Plan {
  irVersion: typeof IR_VERSION
  start: string
  settings: PlanSettings
  nodes: Record<string, PlanNode>
  needs: Needs
  /** What wakes `settings.exitWhen` besides decisions. */
  exitOn: { events: string[]; attributes: boolean; consent: boolean; receipts: boolean }
}

export interface PlanSettings {
  purpose: 'marketing' | 'transactional'
  topic: string | null
  reentry: { policy: 'every'; concurrent: boolean } | { policy: 'once' } | { policy: 'after'; gapMs: number }
  exitWhen: Condition | null
  quietHours: 'respect' | 'ignore'
  frequencyCap: 'respect' | 'ignore'
  timeZone: string | null
  /** Of a test run alone: quiet hours hold each message up once, for this long. */
  test?: { restMs: number }
}

/** Facts that the conditions of a plan read: nothing else is loaded. */
export interface Needs {
  /** Event types that are counted by an `event` leaf, or waited for. */
  events: string[]
  /** The longest look-back of any `within`, in ms; null when a leaf has none (all of history). */
  eventsWithinMs: number | null
  /** How much of them. Plans of before this was noted have none: all occurrences are loaded, by the two above. */
  counts?: EventCount[]
  lists: string[]
  audiences: string[]
  flows: string[]
  templates: string[]
  /** Whether any of its nodes calls a domain system. */
  webhooks: boolean
}

/** How much of a member's past with a type of event settles what is asked about it. */
export interface EventCount {
  type: string
  /** All of it, what was received after the entry, or so many ms back by the events' own time. */
  span: 'ever' | 'entry' | number
  /** So many tell the answer, whatever they carry; null: all of them do, with their data. */
  enough: number | null
}

/** Where an exit leads: a node id, or null for the end of the journey. */
export type Target = string | null

export type PlanNode =
  | { kind: 'trigger'; label: string | null; on: PlanTrigger; exits: { next: Target } }
  | { kind: 'audience'; label: string | null; where: Condition; exits: { next: Target } }
  | {
      kind: 'send'
      label: string | null
      template: string
      route: PlanRoute
      exits: { next: Target; failed: Target }
    }
  | { kind: 'wait'; label: string | null; for: PlanWait; exits: Record<string, Target> }
  | { kind: 'condition'; label: string | null; if: Condition; exits: { yes: Target; no: Target } }
  | { kind: 'split'; label: string | null; by: PlanSplit; exits: Record<string, Target> }
  | { kind: 'update'; label: string | null; change: PlanUpdate; exits: { next: Target } }
  | { kind: 'webhook'; label: string | null; request: PlanRequest; exits: { next: Target; failed: Target } }

export type NodeKind = PlanNode['kind']
export type NodeOf<K extends NodeKind> = Extract<PlanNode, { kind: K }>

export type PlanTrigger =
  | { by: 'event'; event: string; where: Condition | null }
  | { by: 'schedule'; cron: string; timeZone: string; audience: string | Condition }
  | { by: 'enters'; audience: string | Condition }
  | { by: 'date'; attribute: string; offsetMs: number; at: string; repeat: 'yearly' | 'never' }
  | { by: 'launch' }

export interface PlanRoute {
  strategy: 'preferred' | 'fixed' | 'all' | 'different'
  /** null: every channel the template has content for. */
  channels: Channel[] | null
  differentFrom: string | null
  hops: Partial<Record<Channel, { until: Reached; fallbackAfterMs: number } & Shortened>>
}

export type PlanWait =
  | ({ by: 'duration'; ms: number } & Shortened)
  | { by: 'until'; time: string; weekdays: number[] | null; zone: 'member' | 'workspace' }
  | { by: 'date'; attribute: string; offsetMs: number }
  | ({ by: 'event'; event: string; where: Condition | null; timeoutMs: number } & Shortened)

/** Of a test run alone: how long it was drawn, in ms; null: until a time or a date. */
interface Shortened {
  insteadOf?: number | null
}

export type PlanSplit =
  | { by: 'weight'; arms: { id: string; weight: number }[] }
  | { by: 'cases'; cases: { id: string; if: Condition }[] }

/** A value of the document, or a path into the entry (`entry.data.prize.code`). */
export type Value = string | number | boolean | null | (string | number | boolean | null)[] | { ref: string }

export interface PlanUpdate {
  set: { path: string; value: Value }[]
  addTags: string[]
  removeTags: string[]
  consent: { topic: string; channel: Channel; state: 'granted' | 'revoked'; wording: string } | null
}

export interface PlanRequest {
  url: string
  method: string
  headers: Record<string, string>
  body: string | null
  secret: string | null
  timeoutMs: number
  store: { variable: string; path: string }[]
}
