import fc from 'fast-check'
import { CHANNELS } from '../../flow/channels/channel.ts'
import type { FlowDocument } from '../../flow/document.ts'
import { drawing, send, waitFor } from './drawing.ts'
import type { Made } from './random-flow.ts'

type Node = ReturnType<typeof send>

/** Those by which the people drawn here can be reached come more often. */
const channel = fc.constantFrom('email', 'email', 'sms', 'sms', 'whatsapp', 'voice', 'push', 'telegram')
const channels = fc.oneof(
  { weight: 3, arbitrary: fc.shuffledSubarray(['email', 'sms', 'whatsapp'], { minLength: 2 }) },
  fc.shuffledSubarray([...CHANNELS], { minLength: 1, maxLength: 4 }),
)
const duration = fc.constantFrom('PT10M', 'PT2H', 'PT12H', 'P1D', 'P3D')
const tier = fc.constantFrom('gold', 'silver')
const zone = fc.constantFrom('Europe/Madrid', 'America/Los_Angeles', 'Asia/Kolkata')
const clock = fc.record({
  until: fc.constantFrom('sent', 'delivered', 'delivered', 'read', 'clicked'),
  fallbackAfter: duration,
})
const hops = fc.oneof(
  fc.record({ email: clock, sms: clock, whatsapp: clock }),
  fc.record({ email: clock, sms: clock }, { requiredKeys: [] }),
)

/** What anybody may ask of a member: in an exit criterion, too, where it is asked the moment something happens. */
const fact: fc.Arbitrary<object> = fc.oneof(
  tier.map((value) => ({ field: 'member.tier', op: 'eq', value })),
  tier.map((value) => ({ field: 'event.tier', op: 'eq', value })),
  fc.constant({ field: 'member.tags', op: 'hasAny', value: ['seen', 'fan'] }),
  fc.constantFrom('Seen', 'Redeemed').map((event) => ({ event, count: { op: '>=', n: 1 }, since: 'entry' })),
  fc.constant({ event: 'Seen', count: { op: '>', n: 1 }, within: 'P2D' }),
  fc.constantFrom('golden', 'seen-before').map((inAudience) => ({ inAudience })),
  channel.map((reachable) => ({ reachable })),
  channel.map((one) => ({ consent: { topic: 'prizes', channel: one, state: 'granted' } })),
)
const happening = fc.constantFrom(
  { event: 'Redeemed', count: { op: '>=', n: 1 }, since: 'entry' },
  { field: 'member.tags', op: 'hasAny', value: ['seen'] },
  { not: { consent: { topic: 'prizes', channel: 'email', state: 'granted' } } },
)
const about = fc
  .constantFrom('sent', 'delivered', 'read', 'clicked', 'failed')
  .map((status) => ({ message: { status } }))
const condition: fc.Arbitrary<object> = fc.oneof(
  fact,
  about,
  fc.oneof(fact, about).map((not) => ({ not })),
  fc.tuple(fact, fact).map((any) => ({ any })),
  fc.tuple(fact, about).map((all) => ({ all })),
)

const where = fc.option(
  tier.map((value) => ({ field: 'event.tier', op: 'eq', value })),
  { nil: undefined },
)
const waits: fc.Arbitrary<object> = fc.oneof(
  duration.map((one) => ({ duration: one })),
  fc
    .record({
      time: fc.constantFrom('02:30', '09:00', '21:15'),
      weekdays: fc.option(fc.constantFrom([1, 2], [7]), { nil: undefined }),
      zone: fc.constantFrom('member', 'workspace'),
    })
    .map((until) => ({ until })),
  fc.constantFrom('-P1D', 'PT0S', 'PT5H').map((offset) => ({ date: 'renewal', offset })),
  fc.record({ event: fc.constantFrom('Seen', 'Redeemed'), where, timeout: duration }),
)

const change: fc.Arbitrary<object> = fc.oneof(
  tier.map((value) => ({ set: { 'member.tier': value } })),
  fc.constant({ set: { 'member.won': { ref: 'entry.data.tier' } }, addTags: ['seen'] }),
  fc.constant({ removeTags: ['fan'] }),
  fc.tuple(channel, fc.constantFrom('granted', 'revoked')).map(([one, state]) => ({
    consent: { topic: 'prizes', channel: one, state, wording: 'Asked in a flow' },
  })),
)

const template = fc.constantFrom(
  'news',
  'news',
  'news',
  'news',
  'news',
  'named',
  'golden',
  'golden',
  'nowhere',
)
const sends: fc.Arbitrary<Node> = fc
  .tuple(
    template,
    fc.oneof(
      { weight: 3, arbitrary: fc.tuple(fc.constantFrom('preferred', 'fixed'), channels, hops) },
      fc.tuple(fc.constantFrom('preferred', 'different'), fc.constant(undefined), hops),
      fc.tuple(fc.constant('all'), channels, fc.constant({})),
    ),
  )
  .map(([key, [strategy, set, clocks]]) => ({ ...send(strategy, set, { hops: clocks }), template: key }))

/** Any step, and the handles of its exits. */
const step: fc.Arbitrary<[Node, string[]]> = fc.oneof(
  { weight: 7, arbitrary: sends.map((node): [Node, string[]] => [node, ['next', 'failed']]) },
  {
    weight: 4,
    arbitrary: waits.map((one): [Node, string[]] => [
      { ...waitFor('PT0S'), for: one },
      'event' in one ? ['happened', 'timeout'] : ['next'],
    ]),
  },
  condition.map((one): [Node, string[]] => [{ kind: 'audience', where: one }, ['next']]),
  condition.map((one): [Node, string[]] => [{ kind: 'condition', if: one }, ['yes', 'no']]),
  change.map((one): [Node, string[]] => [{ kind: 'update', ...one }, ['next']]),
  fc.nat(4).map((n): [Node, string[]] => [
    {
      kind: 'split',
      arms: [
        { id: 'a', weight: 1 + n },
        { id: 'b', weight: 2 },
      ],
    },
    ['a', 'b'],
  ]),
  condition.map((one): [Node, string[]] => [
    { kind: 'split', cases: [{ id: 'first', if: one }] },
    ['first', 'else'],
  ]),
)

const seldom = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 6, arbitrary: fc.constant(undefined) }, one)

const shape = fc.record({
  /** Each step with how many steps on its exits lead; mostly to the next one. */
  steps: fc.array(fc.tuple(step, fc.constantFrom(0, 0, 0, 0, 0, 1, 9), fc.constantFrom(0, 0, 0, 1, 9)), {
    minLength: 1,
    maxLength: 10,
    size: 'max',
  }),
  /** Asked by the trigger, and by the exit criteria: mostly nothing that is true of everybody from the start. */
  asked: seldom(fact),
  exitWhen: fc.oneof(
    { weight: 3, arbitrary: fc.constant(undefined) },
    { weight: 2, arbitrary: happening },
    fact,
  ),
  purpose: fc.constantFrom('marketing', 'marketing', 'transactional'),
  timeZone: fc.option(zone),
})

/** Any drawing for the event `Won`, of every kind of step that touches nothing outside. */
export const anyDrawing = shape.map(({ steps, asked, exitWhen, purpose, timeZone }): FlowDocument => {
  const target = (at: number): string | null => (at < steps.length ? `step-${at}` : null)
  const nodes = steps.map(([[node, handles], one, other], at): [string, Node] => {
    const leaps = [one, other]
    const exits = handles.map((handle, n) => [handle, target(at + 1 + leaps[n]!)])
    return [`step-${at}`, { ...lookingBack(node, steps, at), exits: Object.fromEntries(exits) }]
  })
  const on = { event: 'Won', ...(asked && { where: asked }) }
  return drawing(Object.fromEntries(nodes), { settings: { purpose, exitWhen, timeZone }, on })
})

/** A send that wants another channel looks at the send before it; the first one has none. */
function lookingBack(node: Node, steps: [[Node, string[]], number, number][], at: number): Node {
  const route = node['route'] as { strategy: string } | undefined // a send as drawn above
  if (route?.strategy !== 'different') return node
  const before = steps.findLastIndex(([[one]], place) => place < at && one.kind === 'send')
  if (before < 0) return { ...node, route: { ...route, strategy: 'preferred' } }
  return { ...node, route: { ...route, differentFrom: `step-${before}` } }
}

/** Times in odd seconds, so that no answer comes in the same instant in which a wait ends. */
const after = fc.constantFrom(0, 127, 3_613, 40_009, 100_003, 300_007).map((seconds) => seconds * 1_000)
const status = fc.constantFrom(
  'delivered',
  'read',
  'clicked',
  'failed',
  'failed',
  'bounced',
  'complained',
  'opted-out',
)
const reply = fc.oneof(
  fc.record({
    after,
    event: fc.record({ type: fc.constantFrom('Seen', 'Redeemed'), data: fc.record({ tier }) }),
  }),
  {
    weight: 2,
    arbitrary: fc.record({
      after,
      receipt: fc.record({
        /** The nth send of the drawing. */
        send: fc.constantFrom(0, 0, 0, 1, 1, 2),
        channel: fc.constantFrom('email', 'email', 'sms', 'sms', 'whatsapp'),
        status: fc.oneof({ weight: 2, arbitrary: fc.constant('sent' as const) }, status),
      }),
    }),
  },
)

/** One message gets one answer: two at one instant would have no order. */
function subjectOf(one: object): unknown {
  const { receipt } = one as { receipt?: { send: number; channel: string } } // either shape above
  return receipt ? `${receipt.send} ${receipt.channel}` : one
}

const often = fc.constantFrom(true, true, true, true, true, false)

/** Somebody with what went before and what they answer. */
export const anyPerson = fc.record({
  email: often,
  phone: often,
  locale: fc.constantFrom(null, 'en', 'es', 'pt-BR'),
  timeZone: fc.option(zone),
  tier: fc.option(tier),
  nick: fc.option(fc.constantFrom('', 'Ann')),
  renewal: fc.option(fc.constantFrom('2026-03-27', '2026-03-29', '2026-04-01T10:00:00Z', 'soon')),
  preferredChannels: fc.shuffledSubarray([...CHANNELS], { maxLength: 3 }),
  allowed: fc.subarray([...CHANNELS], { minLength: 4 }),
  suppressed: fc.constantFrom(null, null, null, 'email', 'sms'),
  seen: fc.nat(2),
  /** Hours ago. */
  sent: fc.array(fc.constantFrom(1, 20, 100), { maxLength: 2 }),
  event: fc.record({ tier }),
  replies: fc.uniqueArray(reply, { maxLength: 6, size: 'max', selector: subjectOf }),
})

export const anySettings = fc.record({
  timeZone: zone,
  quietHours: fc.constantFrom(
    null,
    null,
    { from: '21:00', to: '08:00' },
    { from: '00:00', to: '23:00', channels: ['sms'] },
    { from: '01:30', to: '03:30', weekdays: [6, 7] },
  ),
  frequencyCaps: fc.constantFrom(
    [],
    [],
    [{ max: 1, per: 'day', window: 'rolling' }],
    [{ max: 2, per: 'week', window: 'calendar' }],
    [{ max: 1, per: 'day', window: 'calendar', channel: 'email' }],
    [
      { max: 3, per: 'day', window: 'calendar', topic: 'prizes' },
      { max: 3, per: 'week', window: 'rolling' },
    ],
  ),
  sending: fc.integer({ min: 1, max: 15 }).map((n) => n < 15),
})

export type AnyPerson = Made<typeof anyPerson>
export type AnyReply = AnyPerson['replies'][number]
