import { grantCalls, ungrantCalls } from '../../db/hot/call-grant.ts'
import type { CallSettlement } from '../../db/hot/call-outcomes.ts'
import { hostOf } from '../../flow/call.ts'
import type { Carrying } from '../decide.ts'
import type { Effect } from '../effect.ts'
import type { Engine } from '../engine.ts'
import type { CallJob } from '../job.ts'
import type { PreparedCall } from './webhook.ts'
import { callSettlement, unfit } from './webhook/settlement.ts'

/** The webhook calls of one walk: rendered, granted, made. */
export function calling(
  engine: Pick<Engine, 'db' | 'caller'>,
  { stand: { workspace }, walk }: Carrying,
): Effect<CallJob, PreparedCall, CallSettlement> {
  const idsOf = (jobs: CallJob[]): number[] => jobs.map(({ call }) => call.id)
  return {
    prepare: (jobs) => engine.caller.prepare(workspace, jobs),
    unfit: ({ job: { call }, request, fault }) => (fault ? unfit({ call, request }, fault) : null),
    async grant(prepared, lease) {
      const ids = idsOf(prepared.map(({ job }) => job))
      const granted = await engine.db.inWorkspace(workspace, (tx) => grantCalls(tx, { walk, lease, ids }))
      return prepared.filter(({ job }) => granted.has(job.call.id))
    },
    takeBack: (jobs, lease) => engine.db.inWorkspace(workspace, (tx) => ungrantCalls(tx, lease, idsOf(jobs))),
    async act(prepared) {
      const { job, request } = prepared
      return callSettlement({ call: job.call, request }, await engine.caller.call(prepared), Date.now())
    },
  }
}

/** The system a call goes to: one that hangs holds up nobody else's calls. */
export function systemOf({ call: { node }, scene: { plan } }: CallJob): string {
  const step = plan.nodes[node]
  return step?.kind === 'webhook' ? hostOf(step.request) : ''
}
