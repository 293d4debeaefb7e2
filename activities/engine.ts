import type { Desk } from '../db/desk.ts'
import type { LaneAlarm } from '../db/hot/alarms.ts'
import type { Db } from '../db/pool.ts'
import type { Courier } from './effects/send.ts'
import type { Caller } from './effects/webhook.ts'
import type { Hands } from './hands.ts'
import type { Pace } from './pace.ts'

/** What the activities of one worker process share. */
export interface Engine extends Desk {
  db: Db
  courier: Courier
  caller: Caller
  /** Which carrier of this process has an enrollment's jobs in hand: no other one touches them. */
  holders: Map<number, Hands>
  /** How the bulk lane goes. */
  bulk: Pace
  /** Aborted when the process is asked to end: no segment takes new members then. */
  closing: AbortSignal
  /** The process's lease as it is now; renewed beside, replaced when it lapsed. */
  lease(): number
  /** Starts alarms once they are committed; a start that is lost is found by the reconciler. */
  startAlarms(alarms: LaneAlarm[]): void
  /** Calls back when members become ready at a stand; returns the way to stop. */
  onReady(stand: number, callback: () => void): () => void
  /** Tells open screens that members moved; many tellings within a second become one. */
  moved(workspace: number, flow: number): void
  onFault(what: string, error: unknown): void
  /** Work that outlasts its activity; a worker that shuts down waits for it. */
  background(work: Promise<unknown>): void
}
