import { z } from 'zod'
import { durationSchema } from '../../duration-schema.ts'
import { durationMs, sayDuration } from '../../duration.ts'
import type { EventFact } from '../../facts.ts'
import { warning } from '../../fault.ts'
import { keySchema } from '../../key.ts'
import { own } from '../../own.ts'
import type { LeafSpec } from '../leaf-spec.ts'
import type { ConditionScene } from '../scene.ts'
import type { Condition } from '../schema.ts'

const COMPARE = {
  '=': (count: number, n: number) => count === n,
  '>': (count: number, n: number) => count > n,
  '>=': (count: number, n: number) => count >= n,
  '<': (count: number, n: number) => count < n,
  '<=': (count: number, n: number) => count <= n,
}

const schema = z
  .strictObject({
    event: keySchema,
    /** A condition; the walk through the tree checks it. */
    where: z.unknown().optional(),
    count: z.strictObject({ op: z.enum(['=', '>', '>=', '<', '<=']), n: z.int().min(0).max(1_000_000) }),
    within: durationSchema.optional(),
    since: z.literal('entry').optional(),
  })
  .refine((leaf) => leaf.within === undefined || leaf.since === undefined, {
    error: 'Give within or since, not both.',
    path: ['since'],
    params: { code: 'one-of' },
  })

export interface EventLeaf extends Omit<z.infer<typeof schema>, 'where'> {
  where?: Condition | undefined
}

export interface EventBecause {
  leaf: 'event'
  truth: boolean
  event: string
  /** How many matched, counted up to `enough`; null when the leaf had nothing to count from. */
  found: number | null
  matching?: true
  withinMs?: number
  since?: 'entry'
}

export const event: LeafSpec<EventLeaf, EventBecause> = {
  schema,
  weigh(leaf, scene, ask) {
    const matches = ({ data }: EventFact) =>
      leaf.where === undefined || ask.condition(leaf.where, { ...scene, eventUnderTest: { data } }).truth
    const all = candidates(leaf, scene)?.filter(matches).length ?? null
    const found = all && Math.min(all, enough(leaf))
    const withinMs = leaf.within === undefined ? undefined : durationMs(leaf.within)
    return {
      leaf: 'event',
      truth: found !== null && COMPARE[leaf.count.op](found, leaf.count.n),
      event: leaf.event,
      found,
      ...(leaf.where !== undefined && { matching: true }),
      ...(withinMs !== undefined && { withinMs }),
      ...(leaf.since && { since: leaf.since }),
    }
  },
  say({ event, found, matching, withinMs, since }) {
    const span = withinMs === undefined ? '' : ` in the last ${sayDuration(withinMs)}`
    const when = since ? ' since the entry' : span
    const name = `${matching ? 'a matching ' : ''}*${event}*`
    if (!found) return `${name} had not happened${when}`
    const times = found < TOLD ? `${found}` : `at least ${found}`
    return `${name} happened ${found === 1 ? 'once' : `${times} times`}${when}`
  },
  reads: (leaf) => ({
    event: {
      type: leaf.event,
      span: leaf.within === undefined ? (leaf.since ?? 'ever') : (durationMs(leaf.within) ?? 'ever'),
      enough: leaf.where === undefined ? enough(leaf) : null,
    },
  }),
  check(leaf, { catalog }) {
    if (own(catalog.eventTypes, leaf.event)) return []
    return [
      warning(
        'event-unseen',
        'event',
        `No *${leaf.event}* has arrived yet. Check its name, or publish and wait for the first.`,
      ),
    ]
  },
}

/** Up to this, how often is told exactly. */
const TOLD = 20

/** One more than is asked about settles it, however many there are. */
function enough({ count }: EventLeaf): number {
  return Math.max(count.n + 1, TOLD)
}

/**
 * `since` goes by the order of arrival, `within` by the event's own time. That has no upper end: a domain system's clock
 * may run ahead of ours, and what was received has happened.
 */
function candidates(leaf: EventLeaf, { member, enrollment, now }: ConditionScene): EventFact[] | undefined {
  const all = member.events.filter((one) => one.type === leaf.event)
  if (leaf.since === 'entry') return enrollment ? all.filter((one) => one.seq > enrollment.seq) : undefined
  if (leaf.within === undefined) return all
  const from = now - (durationMs(leaf.within) ?? 0)
  return all.filter((one) => one.at >= from)
}
