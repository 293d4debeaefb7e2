import { recordAudit } from '../../db/audit.ts'
import { holdFlow, type FlowRow } from '../../db/flows.ts'
import { encodeId } from '../../db/ids.ts'
import { tellLive } from '../../db/live.ts'
import type { Tx } from '../../db/pool.ts'
import { retryDeadlock } from '../../db/retry-deadlock.ts'
import { seeThrough } from '../../db/see-through.ts'
import { faultLine } from '../fault-line.ts'
import type { Context } from '../http/context.ts'

interface Acting<T> {
  id: number
  /** As the audit log names it: `flow.pause`. */
  action: string
  /** The act itself, alone with its flow; `after` is what the audit log keeps of it. */
  act(tx: Tx, flow: FlowRow): Promise<{ answer: T; after: object }>
}

/**
 * Acts on a flow: one act after the other, written down, told to open screens. Once it is committed everybody inside
 * obeys it; waking all of them may take longer than a caller waits, and is done by the reconciler if this process dies.
 */
export async function actOn<T>(
  { db, workspace, principal, log }: Context,
  { id, action, act }: Acting<T>,
): Promise<T> {
  const subject = encodeId('flow', id)
  const acted = async (tx: Tx): Promise<T> => {
    const flow = await holdFlow(tx, id)
    const { answer, after } = await act(tx, flow)
    await recordAudit(tx, { actor: principal.name, action, subject, before: { state: flow.state }, after })
    await tellLive(tx, { workspace, topic: 'flows', data: { flows: [subject] } })
    return answer
  }
  const answer = await retryDeadlock(() => db.inWorkspace(workspace, acted))
  void seeThrough(db, { workspace, flow: id }).catch((error: unknown) =>
    log.warn(faultLine(error), `${action} is seen through later`),
  )
  return answer
}
