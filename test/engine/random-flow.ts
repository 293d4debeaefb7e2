import fc from 'fast-check'
import { CHANNELS } from '../../flow/channels/channel.ts'
import type { FlowDocument } from '../../flow/document.ts'
import { drawing, send, waitFor, type Drawn } from './drawing.ts'

type Node = ReturnType<typeof send>

const channels = fc.shuffledSubarray([...CHANNELS], { minLength: 1, maxLength: 3 })
const channel = fc.constantFrom(...CHANNELS)
const duration = fc.constantFrom('PT0S', 'PT1S', 'PT10M', 'PT2H', 'P3D')
const clock = fc.record({ until: fc.constantFrom('sent', 'delivered', 'clicked'), fallbackAfter: duration })
const hops = fc.dictionary(fc.constantFrom('email', 'sms', 'telegram'), clock, { maxKeys: 2 })

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

const step: fc.Arbitrary<Node> = fc.oneof(
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
        const exits: Record<string, Node['exits']> = {
          condition: { yes: first, no: second },
          send: { next: first, failed: second },
        }
        return [`step-${at}`, { ...node, exits: exits[node.kind] ?? { next: first } }]
      })
      return drawing(Object.fromEntries(nodes), { settings: { exitWhen, reentry }, on })
    },
)

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
  preferredChannels: fc.shuffledSubarray([...CHANNELS], { maxLength: 3 }),
  allowed: fc.subarray([...CHANNELS]),
})

/** What may happen while people are inside. `who`: one of the members, or of their messages. */
export const anyAct = fc.oneof(
  fc.record({ pass: fc.constantFrom('PT1S', 'PT11M', 'PT3H', 'P4D') }),
  fc.record({ post: fc.constantFrom('Seen', 'Again'), who: fc.nat() }),
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
