import type { Channel, Reached } from './channels/channel.ts'
import type { TemplateFact } from './facts.ts'
import type { Reach } from './reach.ts'

/** What a workspace has, as far as a drawing can be checked against it. Plain data: the same in browser and server. */
export interface Catalog {
  /** By key; content per channel and locale with the variables that must have a value. */
  templates: Record<string, Pick<TemplateFact, 'active' | 'defaultLocale' | 'content'>>
  /** `reports`: what the provider reports, where that is less than its channel could; clicks on our links are ours. */
  transports: Partial<Record<Channel, { ready: boolean; reports?: readonly Reached[] }>>
  /** Event types seen so far, with the paths seen in their data (`prize.code`). */
  eventTypes: Record<string, readonly string[]>
  /** By key; `count` when it is known how many are in it. */
  audiences: Record<string, { count?: number }>
  /** The topics of the workspace when its list is closed; null when topics come into being by use. */
  topics: readonly string[] | null
  lists: readonly string[]
  /** Public ids (`flw_12`). */
  flows: readonly string[]
  /** Names of stored secrets. */
  secrets: readonly string[]
  /** What webhooks may call besides public addresses. */
  reach: Reach
}
