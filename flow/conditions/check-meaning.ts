import { under, warning, type Fault } from '../fault.ts'
import { leafKind } from './leaf-kind.ts'
import type { LeafPlace } from './leaf-spec.ts'
import { leavesOf } from './leaves-of.ts'
import { LEAVES } from './leaves/registry.ts'
import type { Condition } from './schema.ts'

/** Faults of a well-shaped condition: names that nothing bears, questions that have one answer only. */
export function checkCondition(condition: Condition, place: LeafPlace): Fault[] {
  const faults = leavesOf(condition, '', place.tests).flatMap(({ leaf, path, tests }) =>
    under(path, LEAVES[leafKind(leaf)].check?.(leaf, { ...place, tests }) ?? []),
  )
  return [...faults, ...emptyLists(condition)]
}

function emptyLists(condition: Condition): Fault[] {
  if ('not' in condition) return under('not', emptyLists(condition.not))
  if ('all' in condition) {
    if (condition.all.length === 0)
      return [warning('always', 'all', '"all" of nothing is always true. Add a condition.')]
    return condition.all.flatMap((one, at) => under(`all[${at}]`, emptyLists(one)))
  }
  if ('any' in condition) {
    if (condition.any.length === 0)
      return [warning('never', 'any', '"any" of nothing is never true. Add a condition.')]
    return condition.any.flatMap((one, at) => under(`any[${at}]`, emptyLists(one)))
  }
  return 'event' in condition && condition.where ? under('where', emptyLists(condition.where)) : []
}
