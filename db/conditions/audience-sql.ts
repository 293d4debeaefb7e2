import { leafKind } from '../../flow/conditions/leaf-kind.ts'
import type { Condition } from '../../flow/conditions/schema.ts'
import { MOST_LEAVES } from '../../flow/conditions/sound-audiences.ts'
import { invalid } from '../fault.ts'
import type { Place } from './leaf-sql.ts'
import { LEAF_SQL } from './leaves/registry.ts'

/**
 * PostgreSQL makes joins of questions about other tables, and plans joins in a time that grows faster than their number:
 * 130 s for 2,000, and no time-out ends that. Questions behind an `or` it looks up, and plans 1,000 in a second.
 */
const MOST_JOINED = 8

/** The protocol counts them in 16 bits; callers add some of their own. */
const MOST_PARAMS = 65_000

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
    const asked = LEAF_SQL[leafKind(one)].sql(one, place)
    return leaves > MOST_JOINED ? `(${asked} or false)` : `(${asked})`
  }
  const joined = (inside: Condition[], word: string, place: Place): string => {
    const asked = inside.map((one) => condition(one, place))
    return asked.length > 1 ? `(${asked.join(word)})` : (asked[0] ?? '')
  }
  const param = (value: unknown): string => {
    if (params.length === MOST_PARAMS) throw tooLarge()
    return `$${params.push(value)}`
  }
  return condition(where, { param, now, testsEvent: false, audiences, trail: [], condition })
}

function tooLarge() {
  const message = `With the audiences it names, this asks more than ${MOST_LEAVES} questions of each member. Ask fewer.`
  return invalid([{ path: 'where', code: 'too-many-conditions', message }])
}
