import { own } from '../own.ts'
import { parsePath } from '../path.ts'
import { leavesOf, type PlacedLeaf } from './leaves-of.ts'
import { refOf } from './leaves/field-schema.ts'
import { needsOf } from './needs.ts'
import type { Condition } from './schema.ts'
import { LONGEST_CHAIN, MOST_LEAVES, soundAudiences } from './sound-audiences.ts'

/** Why a condition cannot be saved as an audience. */
export interface AudienceIssue {
  path: string
  code: 'needs-a-journey' | 'circle' | 'too-large'
  message: string
}

/** An audience is asked outside any journey, and must not lead back to itself. `saved` holds the other audiences. */
export function audienceIssues(
  key: string,
  where: Condition,
  saved: Record<string, Condition>,
): AudienceIssue[] {
  const bound = leavesOf(where).flatMap(({ path, ...placed }) => {
    const what = needsJourney(placed)
    if (!what) return []
    const message = `${what} belongs to one journey; an audience is asked outside of any. Ask it in the flow instead.`
    return [{ path, code: 'needs-a-journey' as const, message }]
  })
  const circle = circleOf(key, where, saved)
  if (!circle) return [...bound, ...tooLarge(key, where, saved)]
  const message = `Audiences cannot name each other in a circle: ${circle.join(' → ')}.`
  return [...bound, { path: '', code: 'circle', message }]
}

/** Saving one also lifts those that name it. */
function tooLarge(key: string, where: Condition, saved: Record<string, Condition>): AudienceIssue[] {
  const before = soundAudiences(saved)
  const after = soundAudiences({ ...before, [key]: where })
  const lost = [key, ...Object.keys(before)].find((one) => !Object.hasOwn(after, one))
  if (lost === undefined) return []
  const message = `Audiences name each other at most ${LONGEST_CHAIN} deep and ask ${MOST_LEAVES} questions in all; "${lost}" would go beyond. Name fewer.`
  return [{ path: '', code: 'too-large', message }]
}

/** The part of a leaf that only a journey has. */
function needsJourney({ leaf, tests }: Omit<PlacedLeaf, 'path'>): string | null {
  if ('message' in leaf) return 'What became of a message'
  if ('event' in leaf) return leaf.since === 'entry' ? '"since": "entry"' : null
  if (!('field' in leaf)) return null
  const paths = [leaf.field, refOf(leaf.value)].filter((path) => path !== undefined)
  return paths.find((path) => isBound(path, tests !== null)) ?? null
}

function isBound(path: string, testsEvent: boolean): boolean {
  const root = parsePath(path)?.root
  return root === 'journey' || root === 'entry' || (root === 'event' && !testsEvent)
}

function circleOf(key: string, where: Condition, saved: Record<string, Condition>): string[] | null {
  const seen = new Set<string>()
  const open = needsOf([where]).audiences.map((name) => [key, name])
  for (let trail = open.pop(); trail; trail = open.pop()) {
    const name = trail.at(-1)!
    if (name === key) return trail
    const next = seen.has(name) ? undefined : own(saved, name)
    seen.add(name)
    for (const inner of next ? needsOf([next]).audiences : []) open.push([...trail, inner])
  }
  return null
}
