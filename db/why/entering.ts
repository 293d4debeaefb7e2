import type { Reason } from '../../flow/reason.ts'
import type { Memory } from '../memory.ts'
import type { Tx } from '../pool.ts'
import { argsOf, whyNotChosen } from './not-chosen.ts'
import type { OutsideOf } from './outside.ts'

export async function whyNotEntering(
  tx: Tx,
  memory: Memory,
  { trigger, ...outside }: OutsideOf<'enters'>,
): Promise<Reason> {
  const { audience } = trigger
  const why = await whyNotChosen(tx, memory, { ...outside, audience })
  if (why) return why
  const known = await tx.rows('select 1 from membership where flow = $1 and member = $2', [
    outside.version.flow,
    outside.member,
  ])
  if (known.length === 0) return { code: 'about-to-enter' }
  return { code: 'already-chosen', args: argsOf(audience, outside.version.plan) }
}
