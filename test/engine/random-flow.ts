import fc from 'fast-check'
import { CHANNELS } from '../../flow/channels/channel.ts'
import type { FlowDocument } from '../../flow/document.ts'
import { drawing, send, update, wait, waitFor, type Drawn } from './drawing.ts'

type Node = ReturnType<typeof send>

const channels = fc.shuffledSubarray([...CHANNELS], { minLength: 1, maxLength: 3 })
const channel = fc.constantFrom(...CHANNELS)
const duration = fc.constantFrom('PT0S', 'PT1S', 'PT10M', 'PT2H', 'P3D')
const clock = fc.record({ until: fc.constantFrom('sent', 'delivered', 'clicked'), fallbackAfter: duration })
const hops = fc.dictionary(fc.constantFrom('email', 'sms', 'telegram'), clock, { maxKeys: 2 })

const GOLD = { field: 'member.tier', op: 'eq', value: 'gold' }

const leaf: fc.Arbitrary<object> = fc.oneof(
  fc.constantFrom('gold', 'silver').map((value) => ({ field: 'member.tier', op: 'eq', value })),
  fc.constant({ event: 'Seen', count: { op: '>=', n: 1 }, since: 'entry' }),
  fc.constantFrom('sent', 'delivered', 'failed').map((status) => ({ message: { status } })),
  channel.map((reachable) => ({ reachable })),
  channel.map((one) => ({ consent: { topic: 'prizes', channel: one, state: 'granted' } })),
)
const condition: fc.Arbitrary<object> = fc.oneof(
  leaf,
  leaf.map((not) => ({ not })),
  fc.tuple(leaf, leaf).map((any) => ({ any })),
)

const waiting: fc.Arbitrary<object> = fc.oneof(
  fc.constantFrom('09:00', '02:30').map((time) => ({ until: { time, zone: 'member' } })),
  fc.constantFrom('-P1D', 'P0D', 'PT2H').map((offset) => ({ date: 'renewal', offset })),
  fc.tuple(fc.constantFrom('Seen', 'Never'), duration).map(([event, timeout]) => ({ event, timeout })),
  duration.map((timeout) => ({ event: 'Seen', where: GOLD, timeout })),
)
const consent = fc.record({
  topic: fc.constant('prizes'),
  channel,
  state: fc.constantFrom('granted', 'revoked'),
  wording: fc.constant('As drawn.'),
})
const change: fc.Arbitrary<object> = fc.oneof(
  fc.constantFrom('gold', 'silver', null).map((tier) => ({ set: { 'member.tier': tier } })),
  fc.constant({ set: { 'member.renewal': { ref: 'entry.at' } } }),
  fc.constant({ addTags: ['vip'], removeTags: ['new'] }),
  consent.map((one) => ({ consent: one })),
)
const split: fc.Arbitrary<Node> = fc.oneof(
  fc.constant({
    kind: 'split',
    arms: [
      { id: 'one', weight: 1 },
      { id: 'else', weight: 2 },
    ],
  }),
  condition.map((one) => ({ kind: 'split', cases: [{ id: 'one', if: one }] })),
)

const step: fc.Arbitrary<Node> = fc.oneof(
  waiting.map(wait),
  change.map(update),
  split,
  condition.map((where) => ({ kind: 'audience', where })),
  condition.map((one) => ({ kind: 'condition', if: one })),
  duration.map(waitFor),
  fc
    .tuple(fc.constantFrom('preferred', 'fixed', 'all'), channels)
    .map(([strategy, set]) => send(strategy, set)),
  fc
    .tuple(fc.constantFrom('preferred', 'fixed'), channels, hops)
    .map(([strategy, set, clocks]) => send(strategy, set, { hops: clocks })),
  hops.map((clocks) => send('preferred', undefined, { hops: clocks })),
)

const shape = fc.record({
  /** Each step with where its exits lead: so many steps on, or to the end. */
  steps: fc.array(fc.tuple(step, fc.nat(9), fc.nat(9)), { minLength: 1, maxLength: 7 }),
  exitWhen: fc.option(condition, { freq: 3 }),
  reentry: fc.constantFrom({ policy: 'every' }, { policy: 'every', concurrent: true }, { policy: 'once' }),
})

/** Any drawing of the kinds that run, for the event it is then given. */
export const anyFlow: fc.Arbitrary<(on: Drawn['on']) => FlowDocument> = shape.map(
  ({ steps, exitWhen, reentry }) =>
    (on) => {
      const target = (at: number, ahead: number): string | null =>
        at + 1 + ahead < steps.length ? `step-${at + 1 + ahead}` : null
      const nodes = steps.map(([node, one, other], at): [string, Node] => {
        const first = target(at, one % 3)
        const second = target(at, other)
        return [`step-${at}`, { ...node, exits: exitsOf(node, first, second) }]
      })
      return drawing(Object.fromEntries(nodes), { settings: { exitWhen, reentry }, on })
    },
)

function exitsOf({ kind, for: on }: Node, first: string | null, second: string | null): Node['exits'] {
  if (kind === 'condition') return { yes: first, no: second }
  if (kind === 'split') return { one: first, else: second }
  if (kind === 'send') return { next: first, failed: second }
  return Object.hasOwn(Object(on), 'event') ? { happened: first, timeout: second } : { next: first }
}

const FAILURES = [
  'invalid-address',
  'opted-out',
  'content',
  'config',
  'rate-limited',
  'unavailable',
  'not-sent',
  'unknown',
]
const NUMBERS = [
  '+34600000001',
  '+34600000002',
  '+15005550001',
  '+15005550011',
  '+15005550013',
  '+15005550015',
]

/** Any member: reachable or not, by addresses that work or fail in each way there is. */
export const anyMember = fc.record({
  mailbox: fc.option(fc.constantFrom('well', 'well', 'well', ...FAILURES.map((one) => `sim-${one}`))),
  phone: fc.option(fc.constantFrom(...NUMBERS)),
  tier: fc.constantFrom('gold', 'silver'),
  /** So many days from now; null: none. */
  renewal: fc.option(fc.integer({ min: -2, max: 9 })),
  preferredChannels: fc.shuffledSubarray([...CHANNELS], { maxLength: 3 }),
  allowed: fc.subarray([...CHANNELS]),
})

/** What may happen while people are inside. `who`: one of the members, or of their messages. */
export const anyAct = fc.oneof(
  fc.record({ pass: fc.constantFrom('PT1S', 'PT11M', 'PT3H', 'P4D') }),
  fc.record({ post: fc.constantFrom('Seen', 'Again'), who: fc.nat() }),
  fc.record({ renew: fc.integer({ min: -1, max: 9 }), who: fc.nat() }),
  fc.record({ move: fc.constantFrom('Asia/Tokyo', 'America/New_York'), who: fc.nat() }),
  fc.record({ revoke: fc.constantFrom('email', 'sms', 'telegram'), who: fc.nat() }),
  fc.record({ report: fc.constantFrom('delivered', 'clicked', 'bounced'), who: fc.nat() }),
  fc.record({
    settings: fc.constantFrom(
      { sending: false },
      { sending: true },
      { frequencyCaps: [{ max: 1, per: 'day', window: 'rolling' }] },
      { quietHours: { from: '00:00', to: '23:59' } },
      { quietHours: null },
    ),
  }),
)

export type Made<A> = A extends fc.Arbitrary<infer T> ? T : never
