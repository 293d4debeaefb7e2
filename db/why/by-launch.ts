import { audienceCondition } from '../../flow/nodes/audience-key.ts'
import type { Reason } from '../../flow/reason.ts'
import { verdictsAbout } from '../audience-truth.ts'
import { listLaunches } from '../launches.ts'
import type { Memory } from '../memory.ts'
import type { Tx } from '../pool.ts'
import type { Outside } from './outside.ts'

/** By the last launch; whom its audience was for is asked as of now. */
export async function whyNotByLaunch(tx: Tx, memory: Memory, { version, member }: Outside): Promise<Reason> {
  const [last] = await listLaunches(tx, { flow: version.flow, limit: 1 })
  if (!last || last.audience === null) return { code: 'not-launched' }
  const wheres = [audienceCondition(last.audience)]
  const [verdicts] = await verdictsAbout(tx, memory, { wheres, ids: [member] })
  const verdict = verdicts?.get(member)
  if (!verdict || verdict.truth) return { code: 'not-launched' }
  return { code: 'not-in-launch', args: { because: verdict.because } }
}
