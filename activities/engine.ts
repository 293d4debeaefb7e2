import type { Alarm } from '../db/hot/alarms.ts'
import type { Memory } from '../db/memory.ts'
import type { Db } from '../db/pool.ts'
import type { Courier } from './effects/send.ts'

/** What the activities of one worker process share. */
export interface Engine {
  db: Db
  memory: Memory
  courier: Courier
  /** Messages that this process is handing over, or is about to: no second pump of it touches them. */
  inHand: Set<number>
  /** The process's lease as it is now; renewed beside, replaced when it lapsed. */
  lease(): number
  /** Starts alarms once they are committed; a start that is lost is found by the reconciler. */
  startAlarms(alarms: Alarm[]): void
  /** Calls back when members become ready at a stand; returns the way to stop. */
  onReady(stand: number, callback: () => void): () => void
  /** Tells open screens that members moved; many tellings within a second become one. */
  moved(workspace: number, flow: number): void
  onFault(what: string, error: unknown): void
  /** Work that outlasts its activity; a worker that shuts down waits for it. */
  background(work: Promise<unknown>): void
}
