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
    return n === 0 ? `not (${atLeast(1, leaf, place)})` : counts({ n, most: n + 1 }, leaf, place)
  },
}

function atLeast(n: number, leaf: EventLeaf, place: Place): string {
  if (n === 0) return 'true'
  return n === 1 ? `exists (${matching(leaf, place)})` : counts({ n, most: n }, leaf, place)
}

/**
 * Of the first `most` that match there are n. Counting looks at one member after the other: only at those to whom it ever
 * happened, which is a join of whole tables.
 */
function counts({ n, most }: { n: number; most: number }, leaf: EventLeaf, place: Place): string {
  const { param } = place
  const ever = `select from event e where e.member = m.id and e.type = ${param(leaf.event)}::text`
  const first = `${matching(leaf, place)} limit ${param(most)}::int`
  return `exists (${ever}) and (select count(*) from (${first}) few) = ${param(n)}::int`
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
