import { setTimeout as pause } from 'node:timers/promises'
import type { Settlement } from '../db/hot/outcomes.ts'
import { hangBell } from './bell.ts'
import { decideAgain, type Carrying, type Job } from './decide.ts'
import { matchEarly } from './early-receipts.ts'
import type { Engine } from './engine.ts'
import { openHands } from './hands.ts'
import { perform, type Done } from './perform.ts'
import { openPump, type Pump } from './pump.ts'
import { untilDone } from './until-done.ts'

/** Sends for the members of one walk, and writes what became of them behind, while others are being claimed. */
export interface Carrier {
  /** Hands these over in the background; what another carrier of this process has in hand is left to it. */
  take(jobs: Job[]): void
  ring(): void
  /** Resolves when outcomes were written or somebody rings. */
  heard(withinMs: number): Promise<void>
  /** Resolves once no outcome is awaited; outages of the database are waited out. */
  emptied(): Promise<void>
  inFlight(): number
}

const PER_SETTLE = 500
/** Outcomes are written behind, in ms: a few more come in meanwhile, and a transaction for each would cost the most. */
const GATHER = 20

export function openCarrier(engine: Engine, of: Carrying): Carrier {
  const bell = hangBell()
  const hands = openHands(engine.holders)
  const pumps = new Map<number, Pump>()
  const done: Done[] = []
  let settling = false

  const report = (one: Done): void => {
    done.push(one)
    if (!settling) void settleAll()
  }

  /** One writer at a time; what comes in while it writes goes into its next batch. */
  async function settleAll(): Promise<void> {
    settling = true
    while (done.length > 0) {
      if (done.length < PER_SETTLE) await pause(GATHER)
      const batch = done.splice(0, PER_SETTLE)
      const jobs = await decided(engine, of, batch)
      for (const { message } of batch) hands.letGo(message.enrollment)
      carrier.take(jobs)
      bell.ring()
    }
    settling = false
  }

  function pumpOf(transport: number): Pump {
    const known =
      pumps.get(transport) ??
      openPump((jobs, told) => void perform(engine, of, { jobs, report: told }), report)
    pumps.set(transport, known)
    return known
  }

  const carrier: Carrier = {
    take(jobs) {
      const held = Map.groupBy(hands.take(jobs), ({ message }) => message.transport)
      for (const [transport, own] of held) pumpOf(transport).take(own)
    },
    ring: () => bell.ring(),
    heard: (withinMs) => bell.heard(withinMs),
    async emptied() {
      while (hands.count() > 0) await bell.heard(1_000)
    },
    inFlight: () => hands.count(),
  }
  return carrier
}

/** Writes a batch of outcomes, however long that takes: nobody else knows them. */
async function decided(engine: Engine, of: Carrying, batch: Done[]): Promise<Job[]> {
  const members = batch.map(({ message }) => ({ id: message.enrollment, member: message.member }))
  const settled = batch.map((one) => one.settlement).filter((one): one is Settlement => one !== null)
  const { jobs } = await untilDone(engine, 'writing outcomes', () =>
    decideAgain(engine, of, { members, settled }),
  )
  engine.background(matchEarly(engine, of, batch))
  return jobs
}
