import { setTimeout as pause } from 'node:timers/promises'
import { grant, ungrant } from '../db/hot/grant.ts'
import type { Settlement } from '../db/hot/outcomes.ts'
import type { Claimed } from '../db/hot/write-decisions.ts'
import type { Carrying, Job } from './decide.ts'
import type { Prepared } from './effects/send.ts'
import type { Engine } from './engine.ts'
import { settlementOf } from './outcome.ts'

/** A job that came to an end: with what its row becomes, or with null when it was granted to nobody or to another. */
export interface Done {
  message: Claimed
  settlement: Settlement | null
}

export interface Performing {
  jobs: Job[]
  report: (done: Done) => void
}

/**
 * Renders, has the hand-overs granted, and hands over. Rendering comes first, so that the time in which a dead process
 * leaves a message in doubt is the hand-over alone. Every job is reported once; nothing throws.
 */
export async function perform(engine: Engine, of: Carrying, { jobs, report }: Performing): Promise<void> {
  const lease = engine.lease()
  try {
    const prepared = await engine.courier.prepare(of.stand.workspace, jobs)
    const granted = await grantAll(engine, of, { prepared, lease })
    const refused = prepared.filter((one) => !granted.has(one.job.message.id) && !one.fault)
    if (refused.length > 0) await pause(REFUSAL_PAUSE)
    for (const one of refused) report({ message: one.job.message, settlement: null })
    for (const one of prepared) {
      if (one.fault) report({ message: one.job.message, settlement: unfit(one.job.message, one.fault) })
      else if (granted.has(one.job.message.id)) void handOver(engine, one, report)
    }
  } catch {
    await takeBack(engine, of, { jobs, lease })
    for (const { message } of jobs) report({ message, settlement: null })
  }
}

/** A grant whose commit was not confirmed may have been stored: nothing of it was handed over, so it is pending again. */
async function takeBack(engine: Engine, of: Carrying, { jobs, lease }: { jobs: Job[]; lease: number }): Promise<void> {
  const ids = jobs.map(({ message }) => message.id)
  for (;;) {
    await pause(OUTAGE_PAUSE)
    const done = await engine.db
      .inWorkspace(of.stand.workspace, (tx) => ungrant(tx, lease, ids))
      .then(
        () => true,
        () => false,
      )
    if (done) return
  }
}

/** A refused grant is decided again at once; while its cause lasts (a lapsed lease), not in a busy loop. */
const REFUSAL_PAUSE = 20
const OUTAGE_PAUSE = 500

async function grantAll(engine: Engine, of: Carrying, { prepared, lease }: { prepared: Prepared[]; lease: number }): Promise<Set<number>> {
  const messages = prepared.flatMap(({ job, fault, vars, subject }) =>
    fault ? [] : [{ id: job.message.id, period: job.message.period, vars, subject }],
  )
  if (messages.length === 0) return new Set()
  return engine.db.inWorkspace(of.stand.workspace, (tx) => grant(tx, { walk: of.walk, lease, messages }))
}

async function handOver(engine: Engine, prepared: Prepared, report: Performing['report']): Promise<void> {
  const { message } = prepared.job
  const outcome = await engine.courier.send(prepared)
  report({ message, settlement: settlementOf(message, outcome, { attempt: message.attempt + 1, now: Date.now() }) })
}

/** Content that could not be made for this member: their hop has failed, nobody else's. */
function unfit(message: Claimed, fault: string): Settlement {
  const { id, period, member, enrollment, channel } = message
  const reason = { code: 'template', args: { channel, fault } }
  const nothing = { response: null, providerId: null, retryInMs: null, suppress: null }
  return { id, period, member, enrollment, status: 'failed', at: Date.now(), reason, ...nothing }
}
