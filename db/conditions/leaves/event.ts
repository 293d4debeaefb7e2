import type { EventLeaf } from '../../../flow/conditions/leaves/event.ts'
import { durationMs } from '../../../flow/duration.ts'
import type { LeafSql, Place } from '../leaf-sql.ts'

export const event: LeafSql<EventLeaf> = {
  sql(leaf, place) {
    if (leaf.since === 'entry') return 'false'
    const { op, n } = leaf.count
    if (op === '>=') return atLeast(n, leaf, place)
    if (op === '>') return atLeast(n + 1, leaf, place)
    if (op === '<') return `not (${atLeast(n, leaf, place)})`
    if (op === '<=') return `not (${atLeast(n + 1, leaf, place)})`
    return n === 0
      ? `not (${atLeast(1, leaf, place)})`
      : `${ever(leaf, place)} and ${counted(leaf, place, n + 1)} = ${n}`
  },
}

/** Whether it ever happened is a join of whole tables; counting, which looks at one member at a time, is left for those. */
function atLeast(n: number, leaf: EventLeaf, place: Place): string {
  if (n === 0) return 'true'
  if (n === 1) return `exists (${matching(leaf, place)})`
  return `${ever(leaf, place)} and ${counted(leaf, place, n)} = ${n}`
}

function ever({ event: type }: EventLeaf, { param }: Place): string {
  return `exists (select from event e where e.member = m.id and e.type = ${param(type)}::text)`
}

function counted(leaf: EventLeaf, place: Place, most: number): string {
  return `(select count(*) from (${matching(leaf, place)} limit ${place.param(most)}::int) few)`
}

function matching({ event: type, within, where }: EventLeaf, place: Place): string {
  const { param, now } = place
  const spans = within === undefined ? [] : [new Date(now - (durationMs(within) ?? 0)).toISOString()]
  const tests = [
    'e.member = m.id',
    `e.type = ${param(type)}::text`,
    ...spans.map((from) => `e.at >= ${param(from)}::timestamptz`),
    ...(where ? [place.condition(where, { ...place, testsEvent: true })] : []),
  ]
  return `select from event e where ${tests.join(' and ')}`
}
