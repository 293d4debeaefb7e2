import { leafKind } from '../../flow/conditions/leaf-kind.ts'
import type { Condition } from '../../flow/conditions/schema.ts'
import { MOST_LEAVES } from '../../flow/conditions/sound-audiences.ts'
import { invalid } from '../fault.ts'
import type { Place } from './leaf-sql.ts'
import { LEAF_SQL } from './leaves/registry.ts'

/**
 * A condition as SQL over a member with the alias `m`: true for those in the audience, false for the others, never null.
 * Says what `flow/conditions/evaluate` says outside any journey; erased members are the caller's to leave out. What it
 * needs is appended to `params`, which may hold parameters of the caller's own already.
 *
 *     const params: unknown[] = [flow]
 *     const inside = audienceSql(where, { audiences: workspace.audiences, now: Date.now() }, params)
 *     await tx.rows(`select m.id from member m where m.erased_at is null and ${inside}`, params)
 */
export function audienceSql(
  where: Condition,
  { audiences, now }: { audiences: Readonly<Record<string, Condition>>; now: number },
  params: unknown[],
): string {
  let leaves = 0
  const condition = (one: Condition, place: Place): string => {
    if ('all' in one) return joined(one.all, ' and ', place) || 'true'
    if ('any' in one) return joined(one.any, ' or ', place) || 'false'
    if ('not' in one) return `not ${condition(one.not, place)}`
    leaves += 1
    if (leaves > MOST_LEAVES) throw tooLarge()
    return `(${LEAF_SQL[leafKind(one)].sql(one, place)})`
  }
  const joined = (inside: Condition[], word: string, place: Place): string => {
    const asked = inside.map((one) => condition(one, place))
    return asked.length > 1 ? `(${asked.join(word)})` : (asked[0] ?? '')
  }
  const param = (value: unknown): string => `$${params.push(value)}`
  return condition(where, { param, now, testsEvent: false, audiences, trail: [], condition })
}

function tooLarge() {
  const message = `With the audiences it names, this asks more than ${MOST_LEAVES} questions of each member. Ask fewer.`
  return invalid([{ path: 'where', code: 'too-many-conditions', message }])
}
