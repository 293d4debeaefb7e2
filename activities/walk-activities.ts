import { ringAlarm } from './alarm.ts'
import type { Engine } from './engine.ts'
import { finish } from './finish.ts'
import { segment } from './segment.ts'
import { told } from './told.ts'

/** What walks can ask for. Arguments and results are numbers and flags: they stay in Temporal's histories. */
export interface WalkActivities {
  /** Carries ready members for at most two seconds. `left`: some members' sends are still under way. */
  segment(walk: number): Promise<{ cleared: boolean; left: boolean }>
  /** Waits for the sends that outlasted their segment, and goes on with their members. */
  finish(walk: number): Promise<void>
  /** `ahead`: ms the alarm must still sleep; `walk`: the number won for the stand, or null when it is carried. */
  ring(stand: number, at: number): Promise<{ ahead: number; walk: number | null }>
}

export function walkActivities(engine: Engine): WalkActivities {
  return {
    segment: (walk) => told(engine, 'segment', segment(engine, walk)),
    finish: (walk) => told(engine, 'finish', finish(engine, walk)),
    ring: (stand, at) => told(engine, 'ring', ringAlarm(engine, { stand, at })),
  }
}
