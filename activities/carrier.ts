import { setTimeout as pause } from 'node:timers/promises'
import type { Settlement } from '../db/hot/outcomes.ts'
import { hangBell } from './bell.ts'
import { decideAgain, type Carrying, type Job } from './decide.ts'
import type { Engine } from './engine.ts'
import { perform, type Done } from './perform.ts'

/** Sends for the members of one walk, and writes what became of them behind, while others are being claimed. */
export interface Carrier {
  /** Hands these over in the background, at most a hundred to a grant. */
  take(jobs: Job[]): void
  ring(): void
  /** Resolves when outcomes were written or somebody rings. */
  heard(withinMs: number): Promise<void>
  /** Resolves once no outcome is awaited; outages of the database are waited out. */
  emptied(): Promise<void>
  inFlight(): number
  carries(enrollment: number): boolean
}

const PER_GRANT = 100
const PER_SETTLE = 500
const OUTAGE_PAUSE = 500

export function openCarrier(engine: Engine, of: Carrying): Carrier {
  const bell = hangBell()
  const awaited = new Map<number, number>()
  const done: Done[] = []
  let settling: Promise<void> | null = null

  const report = (one: Done): void => {
    done.push(one)
    settling ??= settleAll().finally(() => (settling = null))
  }

  /** One writer at a time; what comes in while it writes goes into its next batch. */
  async function settleAll(): Promise<void> {
    while (done.length > 0) {
      const batch = done.splice(0, PER_SETTLE)
      const jobs = await decided(engine, of, batch)
      for (const { message } of batch) countDown(awaited, message.enrollment)
      carrier.take(jobs)
      bell.ring()
    }
  }

  const carrier: Carrier = {
    take(jobs) {
      for (const { message } of jobs) awaited.set(message.enrollment, (awaited.get(message.enrollment) ?? 0) + 1)
      for (let from = 0; from < jobs.length; from += PER_GRANT) {
        void perform(engine, of, { jobs: jobs.slice(from, from + PER_GRANT), report })
      }
    },
    ring: () => bell.ring(),
    heard: (withinMs) => bell.heard(withinMs),
    async emptied() {
      while (awaited.size > 0) await bell.heard(1_000)
    },
    inFlight: () => awaited.size,
    carries: (enrollment) => awaited.has(enrollment),
  }
  return carrier
}

/** Writes a batch of outcomes, however long that takes: nobody else knows them. */
async function decided(engine: Engine, of: Carrying, batch: Done[]): Promise<Job[]> {
  const members = batch.map(({ message }) => ({ id: message.enrollment, member: message.member }))
  const settled = batch.map((one) => one.settlement).filter((one): one is Settlement => one !== null)
  for (;;) {
    try {
      return (await decideAgain(engine, of, { members, settled })).jobs
    } catch (error) {
      engine.onFault('writing outcomes', error)
      await pause(OUTAGE_PAUSE)
    }
  }
}

function countDown(awaited: Map<number, number>, enrollment: number): void {
  const left = (awaited.get(enrollment) ?? 1) - 1
  if (left > 0) awaited.set(enrollment, left)
  else awaited.delete(enrollment)
}
