import type { EnrollmentFacts, FlowActs } from './facts.ts'
import { entryDroppedWith, promised, stoodStill, type Pause } from './pauses.ts'
import type { Reason } from './reason.ts'
import type { Scene } from './scene.ts'

/** An enrollment as it was written, by whatever is done to its flow meanwhile. */
export interface Written extends Pick<EnrollmentFacts, 'rest' | 'mark' | 'arrivedAt' | 'enteredAt' | 'test'> {
  version: number
  /** It came with a launch whose people are taken out. */
  cancelled?: boolean
  /** It has not left the trigger yet. */
  atStart: boolean
}

type Obeying = Pick<Scene, 'paused' | 'pauses'> & {
  enrollment: Pick<EnrollmentFacts, 'arrivedAt' | 'dueAt' | 'mark' | 'lapsed'>
}

/**
 * What the acts on a flow make of one member inside: an act changes a row of the flow alone, and each decision obeys
 * it. A pause or a switch back holds for tests neither: they are on a version of their own.
 */
export function obeying(acts: FlowActs | undefined, written: Written): Obeying {
  const { rest, arrivedAt } = written
  const { paused, pauses } = (written.test ? undefined : acts) ?? NEVER_PAUSED
  const { dueAt, anewFrom, droppedWith } = promised(rest, pauses)
  return {
    paused,
    pauses,
    enrollment: {
      arrivedAt: anewFrom ?? arrivedAt + stoodStill(pauses, arrivedAt),
      dueAt,
      lapsed: droppedWith && dropped('passed-in-pause', droppedWith),
      mark: written.mark ?? takenOut(acts, written) ?? cancelled(written) ?? entryDropped(pauses, written),
    },
  }
}

const NEVER_PAUSED: Pick<FlowActs, 'paused' | 'pauses'> = { paused: false, pauses: [] }

function takenOut(acts: FlowActs | undefined, { version }: Written): Reason | null {
  const gone = acts?.takenOut != null && version <= acts.takenOut
  return gone ? { code: 'flow-stopped' } : null
}

function cancelled(written: Written): Reason | null {
  return written.cancelled ? { code: 'launch-cancelled' } : null
}

function entryDropped(pauses: Pause[], { atStart, enteredAt }: Written): Reason | null {
  const pause = atStart ? entryDroppedWith(pauses, enteredAt) : null
  return pause && dropped('entered-in-pause', pause)
}

function dropped(code: string, { from, to }: Pause): Reason {
  return { code, args: { from, to } }
}
