import { setTimeout as pause } from 'node:timers/promises'
import { grant, ungrant } from '../db/hot/grant.ts'
import type { Settlement } from '../db/hot/outcomes.ts'
import type { Claimed } from '../db/hot/write-decisions.ts'
import type { Carrying, Job } from './decide.ts'
import type { Prepared } from './effects/send.ts'
import type { Engine } from './engine.ts'
import { settlementOf } from './outcome.ts'
import { untilDone } from './until-done.ts'

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
export async function perform(
  engine: Engine,
  of: Carrying,
  { jobs, report: tell }: Performing,
): Promise<void> {
  const reported = new Set<number>()
  const report = (done: Done): void => {
    reported.add(done.message.id)
    tell(done)
  }
  const lease = engine.lease()
  try {
    const prepared = await engine.courier.prepare(of.stand.workspace, jobs)
    for (const one of prepared) if (!isFit(one)) report({ message: one.job.message, settlement: unfit(one) })
    const fit = prepared.filter(isFit)
    const granted = await grantAll(engine, of, { prepared: fit, lease })
    for (const one of fit) if (granted.has(one.job.message.id)) void handOver(engine, one, report)
    if (granted.size < fit.length) await pause(REFUSAL_PAUSE)
    for (const { job } of fit)
      if (!granted.has(job.message.id)) report({ message: job.message, settlement: null })
  } catch (error) {
    engine.onFault('granting', error)
    const unreported = jobs.filter(({ message }) => !reported.has(message.id))
    const ids = unreported.map(({ message }) => message.id)
    // A grant whose commit was not confirmed may have been stored; nothing of it was handed over.
    const takeBack = () => engine.db.inWorkspace(of.stand.workspace, (tx) => ungrant(tx, lease, ids))
    await untilDone(engine, 'taking a grant back', takeBack)
    await pause(FAULT_PAUSE)
    for (const { message } of unreported) report({ message, settlement: null })
  }
}

/** A refused grant is decided again at once; while its cause lasts (a lapsed lease), not in a busy loop. */
const REFUSAL_PAUSE = 20
const FAULT_PAUSE = 100

async function grantAll(
  engine: Engine,
  of: Carrying,
  { prepared, lease }: { prepared: Prepared[]; lease: number },
): Promise<Set<number>> {
  const messages = prepared.map(({ job: { message }, vars, subject }) => ({
    id: message.id,
    period: message.period,
    vars,
    subject,
  }))
  if (messages.length === 0) return new Set()
  return engine.db.inWorkspace(of.stand.workspace, (tx) => grant(tx, { walk: of.walk, lease, messages }))
}

async function handOver(engine: Engine, prepared: Prepared, report: Performing['report']): Promise<void> {
  const { message } = prepared.job
  const outcome = await engine.courier.send(prepared)
  report({
    message,
    settlement: settlementOf(message, outcome, { attempt: message.attempt + 1, now: Date.now() }),
  })
}

/** It has content and a connection to leave by. */
function isFit(prepared: Prepared): boolean {
  return prepared.fault === null && prepared.transport !== null
}

/** What keeps one member's message from leaving fails their hop, nobody else's. */
function unfit({ job, fault }: Prepared): Settlement {
  const { id, period, member, enrollment, channel, attempt } = job.message
  const template = { code: 'template', args: { channel, fault } }
  const reason = fault === null ? { code: 'rejected', args: { channel, class: 'config' } } : template
  const nothing = { response: null, providerId: null, retryInMs: null, suppress: null }
  return { id, period, member, enrollment, attempt, status: 'failed', at: Date.now(), reason, ...nothing }
}
