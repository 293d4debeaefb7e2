import { recordAudit } from '../../db/audit.ts'
import { encodeId } from '../../db/ids.ts'
import { holdLaunch, type HeldLaunch } from '../../db/launch-acts.ts'
import { takeOutOfLaunches } from '../../db/launch-exits.ts'
import { readLaunch } from '../../db/launches.ts'
import { tellLive } from '../../db/live.ts'
import type { Tx } from '../../db/pool.ts'
import { retryDeadlock } from '../../db/retry-deadlock.ts'
import { faultLine } from '../fault-line.ts'
import type { Context } from '../http/context.ts'
import { readerOf } from '../reader.ts'
import { launchProgress } from './launch-progress.ts'
import { presentLaunch } from './launch-view.ts'

interface Acting {
  id: number
  /** As the audit log names it: `launch.pause`. */
  action: string
  /** Answers whether it changed anything: asked twice, an act is written down once. */
  act(tx: Tx, launch: HeldLaunch): Promise<boolean>
  /** What the audit log keeps beside the states. */
  settings?: object
}

/**
 * Acts on a launch between two of its pages, and answers it as it is then. Those who are to leave are marked right
 * after; if this process dies, the reconciler marks them.
 */
export async function actOnLaunch(context: Context, { id, action, act, settings }: Acting) {
  const { db, workspace, principal, desk, log } = context
  const acted = async (tx: Tx) => {
    const before = await holdLaunch(tx, id)
    const changed = await act(tx, before)
    const row = await readLaunch(tx, id)
    if (changed) {
      const subject = encodeId('launch', id)
      const states = { before: { state: before.state }, after: { state: row.state, ...settings } }
      await recordAudit(tx, { actor: principal.name, action, subject, ...states })
      await tellLive(tx, { workspace, topic: 'launches', data: { launches: [launchProgress(row)] } })
    }
    return presentLaunch(row, await readerOf(tx, desk.memory))
  }
  const answer = await retryDeadlock(() => db.inWorkspace(workspace, acted))
  void takeOutOfLaunches(db, { workspace, launch: id }).catch((error: unknown) =>
    log.warn(faultLine(error), `${action} is seen through later`),
  )
  return answer
}
