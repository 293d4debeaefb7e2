import { carriedAndSettled } from '../db/hot/claim.ts'
import { clearStand, takeUpWalk } from '../db/hot/stands.ts'
import { openCarrier, type Carrier } from './carrier.ts'
import { decideAgain, decideReady, type Carrying } from './decide.ts'
import type { Engine } from './engine.ts'
import type { Pace } from './pace.ts'

/** What sends still get after that, before they pass to `finish`. */
const GRACE = 500
const LOCKED_PAUSE = 5

/**
 * Carries ready members of a stand: claims, decides, sends, settles, all of it overlapping, and claims again until
 * none is ready. Each new batch is taken as soon as it is announced; no time window makes anybody wait.
 */
export async function segment(engine: Engine, walk: number, pace: Pace): Promise<Segment> {
  const taken = await engine.db.outside((tx) => takeUpWalk(tx, walk, engine.lease()))
  if (!taken) return { cleared: true, left: false }
  const { stand, fresh } = taken
  const of = { stand, walk }
  const carrier = openCarrier(engine, of, pace)
  const stopListening = engine.onReady(stand.id, carrier.ring)
  try {
    if (!fresh) await recover(engine, of, carrier)
    return await carryOn({ engine, of, carrier, pace })
  } finally {
    stopListening()
    engine.background(carrier.emptied())
  }
}

async function carryOn(going: Going): Promise<Segment> {
  const { engine, carrier, pace } = going
  const started = Date.now()
  let taken = 0
  while (taken < pace.limit && Date.now() - started < pace.span && !engine.closing.aborted) {
    const claimed = await claim(going, pace.limit - taken)
    taken += claimed
    if (claimed > 0) continue
    if (carrier.inFlight() > 0) await carrier.heard(1_000)
    else {
      const done = await clear(going)
      if (done) return done
    }
  }
  const end = engine.closing.aborted ? Date.now() : started + pace.span
  while (carrier.inFlight() > 0 && Date.now() < end + GRACE) await carrier.heard(100)
  return { cleared: false, left: carrier.inFlight() > 0 }
}

/** Answers how many were claimed; none while hands are too full for half a batch. */
async function claim({ engine, of, carrier, pace }: Going, left: number): Promise<number> {
  const room = Math.min(pace.batch, pace.ahead - carrier.inFlight())
  if (room < pace.batch / 2) return 0
  const { taken, jobs } = await decideReady(engine, of, Math.min(room, left))
  carrier.take(jobs)
  return taken
}

/** Ends the walk's duty to its stand unless somebody is ready there. */
async function clear({ engine, of, carrier }: Going): Promise<Segment | null> {
  // Whether members are left is read from their rows: an earlier run of this segment may still send for them.
  const clearing = await engine.db.inWorkspace(of.stand.workspace, (tx) => clearStand(tx, of.stand, of.walk))
  if (clearing !== 'ready') return { cleared: true, left: clearing === 'carrying' }
  // Somebody is ready whom a claim passes over while their member is locked elsewhere.
  await carrier.heard(LOCKED_PAUSE)
  return null
}

interface Going {
  engine: Engine
  of: Carrying
  carrier: Carrier
  pace: Pace
}

/** `left`: some members' sends are still under way. */
interface Segment {
  cleared: boolean
  left: boolean
}

/** A retry after a crash finds members that an earlier run of this walk left: they are decided again from their rows. */
export async function recover(engine: Engine, of: Carrying, carrier: Carrier): Promise<void> {
  const members = await engine.db.inWorkspace(of.stand.workspace, (tx) => carriedAndSettled(tx, of.walk))
  const left = members.filter((one) => !engine.holders.has(one.id))
  if (left.length === 0) return
  const { jobs } = await decideAgain(engine, of, { members: left, settled: [], called: [], left: true })
  carrier.take(jobs)
}
