import { setTimeout as pause } from 'node:timers/promises'
import type { CallSettlement } from '../db/hot/call-outcomes.ts'
import type { Settlement } from '../db/hot/outcomes.ts'
import { hangBell } from './bell.ts'
import { decideAgain, type Carrying } from './decide.ts'
import { matchEarly } from './early-receipts.ts'
import type { Done } from './effect.ts'
import { allowance } from './effects/allowance.ts'
import { calling, systemOf } from './effects/calling.ts'
import { sending } from './effects/sending.ts'
import type { Engine } from './engine.ts'
import { openHands } from './hands.ts'
import { ownerOf, type CallJob, type Job, type MessageJob } from './job.ts'
import type { Pace } from './pace.ts'
import { openPumps } from './pump.ts'
import { untilDone } from './until-done.ts'

/** Sends and calls for the members of one walk, and writes what became of it behind, while others are being claimed. */
export interface Carrier {
  /** Does these in the background; what another carrier of this process has in hand is left to it. None in a process that ends. */
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
/** Calls to one system at a time: they may last a minute each. */
const CALLS_AT_MOST = 32

type Sent = Done<MessageJob, Settlement>
type Called = Done<CallJob, CallSettlement>

export function openCarrier(engine: Engine, of: Carrying, { granted }: Pace): Carrier {
  const bell = hangBell()
  const hands = openHands(engine.holders)
  const sent: Sent[] = []
  const called: Called[] = []
  let settling = false

  /** One writer at a time; what comes in while it writes goes into its next batch. */
  async function settleAll(): Promise<void> {
    if (settling) return
    settling = true
    while (sent.length + called.length > 0) {
      if (sent.length + called.length < PER_SETTLE) await pause(GATHER)
      const batch = { sent: sent.splice(0, PER_SETTLE), called: called.splice(0, PER_SETTLE) }
      const jobs = await decided(engine, of, batch)
      for (const { job } of [...batch.sent, ...batch.called]) hands.letGo(job)
      carrier.take(jobs)
      bell.ring()
    }
    settling = false
  }

  const { messages, calls } = pumpsOf(engine, of, {
    granted,
    sent: (done) => void (sent.push(done), settleAll()),
    called: (done) => void (called.push(done), settleAll()),
    release(jobs) {
      for (const job of jobs) hands.letGo(job)
      bell.ring()
    },
  })

  const carrier: Carrier = {
    take(jobs) {
      if (engine.closing.aborted) return
      const held = hands.take(jobs)
      messages.take(held.filter((job) => 'message' in job))
      calls.take(held.filter((job) => 'call' in job))
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

interface Reports {
  granted: number
  sent(done: Sent): void
  called(done: Called): void
  release(jobs: Job[]): void
}

function pumpsOf(engine: Engine, of: Carrying, { granted, sent, called, release }: Reports) {
  const messages = openPumps(engine, {
    effect: sending(engine, of),
    wayOf: ({ message }) => message.transport,
    allowance: (jobs) => allowance(engine, of.stand.workspace, jobs),
    atMost: granted,
    report: sent,
    release: (jobs: MessageJob[]) => release(jobs),
  })
  const calls = openPumps(engine, {
    effect: calling(engine, of),
    wayOf: systemOf,
    allowance: async (jobs) => jobs.length,
    atMost: CALLS_AT_MOST,
    report: called,
    release: (jobs: CallJob[]) => release(jobs),
  })
  return { messages, calls }
}

/** Writes a batch of outcomes, however long that takes: nobody else knows them. */
async function decided(
  engine: Engine,
  of: Carrying,
  { sent, called }: { sent: Sent[]; called: Called[] },
): Promise<Job[]> {
  const owners = [...sent, ...called].map(({ job }) => ownerOf(job))
  const members = owners.map(({ enrollment, member }) => ({ id: enrollment, member }))
  const settled = { settled: settlementsOf(sent), called: settlementsOf(called), left: false }
  const { jobs } = await untilDone(engine, 'writing outcomes', () =>
    decideAgain(engine, of, { members, ...settled }),
  )
  if (sent.length > 0) engine.background(matchEarly(engine, of, sent))
  return jobs
}

function settlementsOf<J, S>(done: Done<J, S>[]): S[] {
  return done.map(({ settlement }) => settlement).filter((one) => one !== null)
}
