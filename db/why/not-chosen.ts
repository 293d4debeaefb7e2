import type { Condition } from '../../flow/conditions/schema.ts'
import { audienceArgs, audienceCondition } from '../../flow/nodes/audience-key.ts'
import type { Reason } from '../../flow/reason.ts'
import { verdictsAbout } from '../audience-truth.ts'
import type { Memory } from '../memory.ts'
import type { Tx } from '../pool.ts'
import type { Outside } from './outside.ts'

/** What keeps a member out of the audience of a trigger now; null when they are in it. */
export async function whyNotChosen(
  tx: Tx,
  memory: Memory,
  { version, member, audience }: Outside & { audience: string | Condition },
): Promise<Reason | null> {
  const [verdicts] = await verdictsAbout(tx, memory, { wheres: [audienceCondition(audience)], ids: [member] })
  const verdict = verdicts?.get(member)
  if (!verdict || verdict.truth) return null
  return { code: 'not-chosen', args: { ...argsOf(audience, version.plan), because: verdict.because } }
}

/** What tells the audience of a plan's trigger. */
export function argsOf(audience: string | Condition, { nodes, start }: Outside['version']['plan']) {
  return audienceArgs(audience, nodes[start]?.label ?? null)
}
