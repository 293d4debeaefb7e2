import type { Lane } from '../db/hot/stands.ts'
import { ringAlarm } from './alarm.ts'
import { beating } from './beating.ts'
import type { Engine } from './engine.ts'
import { finish } from './finish.ts'
import { URGENT } from './pace.ts'
import { segment } from './segment.ts'
import { told } from './told.ts'

/** What walks can ask for. Arguments and results are numbers and flags: they stay in Temporal's histories. */
export interface WalkActivities {
  /** Carries ready members for a while. `left`: some members' sends are still under way. */
  segment(walk: number): Promise<{ cleared: boolean; left: boolean }>
  /** Waits for the sends that outlasted their segment, and goes on with their members. */
  finish(walk: number): Promise<void>
  /** `ahead`: ms the alarm must still sleep; `walk`: the number won for the stand, or null when it is carried. */
  ring(stand: number, at: number): Promise<{ ahead: number; walk: number | null }>
}

/** The urgent lane's segment runs inside a workflow task: only the bulk lane's may take its time, and beats meanwhile. */
export function walkActivities(engine: Engine, lane: Lane): WalkActivities {
  return {
    segment: (walk) =>
      told(
        engine,
        'segment',
        lane === 'urgent' ? segment(engine, walk, URGENT) : beating(segment(engine, walk, engine.bulk)),
      ),
    finish: (walk) => told(engine, 'finish', finish(engine, walk)),
    ring: (stand, at) => told(engine, 'ring', ringAlarm(engine, { stand, at })),
  }
}
