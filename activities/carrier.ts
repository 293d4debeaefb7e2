import type { Settlement } from '../db/hot/outcomes.ts'
import { hangBell } from './bell.ts'
import { decideAgain, type Carrying, type Job } from './decide.ts'
import type { Engine } from './engine.ts'
import { perform, type Done } from './perform.ts'

/** Sends for the members of one walk, and writes what became of them behind. */
export interface Carrier {
  /** Hands these over in the background, at most a hundred to a grant. */
  take(jobs: Job[]): void
  /** Writes the outcomes that are in and takes up what they lead to; false when none are. */
  settle(): Promise<boolean>
  /** Writes outcomes as they come until none is awaited, through outages of the database. */
  drain(): Promise<void>
  ring(): void
  /** Resolves when an outcome comes in or somebody rings. */
  heard(withinMs: number): Promise<void>
  inFlight(): number
  carries(enrollment: number): boolean
}

const PER_GRANT = 100
const PER_SETTLE = 500

export function openCarrier(engine: Engine, of: Carrying): Carrier {
  const bell = hangBell()
  const awaited = new Map<number, number>()
  const done: Done[] = []
  const report = (one: Done): void => {
    done.push(one)
    bell.ring()
  }
  const carrier: Carrier = {
    take(jobs) {
      for (const { message } of jobs) awaited.set(message.enrollment, (awaited.get(message.enrollment) ?? 0) + 1)
      for (let from = 0; from < jobs.length; from += PER_GRANT) {
        void perform(engine, of, { jobs: jobs.slice(from, from + PER_GRANT), report })
      }
    },
    async settle() {
      const batch = done.splice(0, PER_SETTLE)
      if (batch.length === 0) return false
      try {
        const members = batch.map(({ message }) => ({ id: message.enrollment, member: message.member }))
        const settled = batch.map((one) => one.settlement).filter((one): one is Settlement => one !== null)
        const { jobs } = await decideAgain(engine, of, { members, settled })
        for (const { message } of batch) countDown(awaited, message.enrollment)
        carrier.take(jobs)
      } catch (error) {
        done.unshift(...batch)
        throw error
      }
      return true
    },
    async drain() {
      while (awaited.size > 0) {
        const wrote = await carrier.settle().catch(() => false)
        if (!wrote) await bell.heard(done.length > 0 ? 500 : 5_000)
      }
    },
    ring: () => bell.ring(),
    heard: (withinMs) => bell.heard(withinMs),
    inFlight: () => awaited.size,
    carries: (enrollment) => awaited.has(enrollment),
  }
  return carrier
}

function countDown(awaited: Map<number, number>, enrollment: number): void {
  const left = (awaited.get(enrollment) ?? 1) - 1
  if (left > 0) awaited.set(enrollment, left)
  else awaited.delete(enrollment)
}
