import type { Reason } from '../flow/reason.ts'
import type { FlowRow } from './flows.ts'
import type { Memory } from './memory.ts'
import type { Tx } from './pool.ts'

/** The first reason that keeps a member out of a flow they have never been in. */
export async function whyNotIn(
  tx: Tx,
  memory: Memory,
  of: { flow: FlowRow; member: string },
): Promise<Reason> {
  const { flow } = of
  if (flow.version === null) return { code: 'never-published' }
  if (flow.state === 'stopped') return { code: 'flow-is-stopped' }
  const { plan } = await memory.version(tx, flow.version)
  const trigger = plan.nodes[plan.start]
  if (trigger?.kind !== 'trigger' || trigger.on.by !== 'event') return { code: 'not-launched' }
  const { event } = trigger.on
  const [seen] = await tx.rows<{ before: boolean }>(
    `select e.received_at < v.published_at before
     from event e join flow_version v on v.id = $3
     where e.member = (select id from member where external_id = $1) and e.type = $2 order by e.id desc limit 1`,
    [of.member, event, flow.version],
  )
  if (!seen) return { code: 'no-event', args: { event } }
  return { code: seen.before ? 'event-before-publish' : 'event-did-not-match', args: { event } }
}
