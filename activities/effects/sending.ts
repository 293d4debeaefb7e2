import { grant, ungrant } from '../../db/hot/grant.ts'
import type { Settlement } from '../../db/hot/outcomes.ts'
import type { Carrying } from '../decide.ts'
import type { Effect } from '../effect.ts'
import type { Engine } from '../engine.ts'
import type { MessageJob } from '../job.ts'
import { settlementOf } from '../outcome.ts'
import { overslept } from './overslept.ts'
import type { Prepared } from './send.ts'

/** The messages of one walk: rendered, granted, handed to their transports. */
export function sending(
  engine: Pick<Engine, 'db' | 'courier'>,
  { stand: { workspace }, walk }: Carrying,
): Effect<MessageJob, Prepared, Settlement> {
  return {
    prepare: (jobs) => engine.courier.prepare(workspace, jobs),
    unfit: (prepared) =>
      prepared.fault === null && prepared.transport !== null ? null : failed(prepared.job, prepared.fault),
    async grant(prepared, lease) {
      const inTime = prepared.filter(({ job }) => !overslept(job, Date.now()))
      if (inTime.length === 0) return []
      const messages = inTime.map(({ job: { message }, vars, subject }) => ({
        id: message.id,
        period: message.period,
        attempt: message.attempt,
        vars,
        subject,
      }))
      const granted = await engine.db.inWorkspace(workspace, (tx) => grant(tx, { walk, lease, messages }))
      return inTime.filter(({ job }) => granted.has(job.message.id))
    },
    takeBack(jobs, lease) {
      const ids = jobs.map(({ message }) => message.id)
      return engine.db.inWorkspace(workspace, (tx) => ungrant(tx, lease, ids))
    },
    async act(prepared) {
      const { message } = prepared.job
      const outcome = await engine.courier.send(prepared)
      return settlementOf(message, outcome, { attempt: message.attempt + 1, now: Date.now() })
    },
  }
}

/** What keeps one member's message from leaving fails their hop, nobody else's. */
function failed({ message }: MessageJob, fault: string | null): Settlement {
  const { id, period, member, enrollment, channel, attempt } = message
  const template = { code: 'template', args: { channel, fault } }
  const reason = fault === null ? { code: 'rejected', args: { channel, class: 'config' } } : template
  const nothing = { response: null, providerId: null, retryInMs: null, suppress: null }
  return { id, period, member, enrollment, attempt, status: 'failed', at: Date.now(), reason, ...nothing }
}
