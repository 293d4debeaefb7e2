import { expect, test } from 'vitest'
import { dryRun } from '../../flow/dry-run/dry-run.ts'
import type { Reply } from '../../flow/dry-run/reply.ts'
import { CHANNELS } from '../../flow/channels/channel.ts'
import type { ReceiptKind } from '../../flow/receipt.ts'
import type { PlanNode } from '../../flow/plan.ts'
import { say } from '../../flow/words.ts'
import { MINUTE, played, start, trace, whether } from './dry-played.ts'
import { NOW } from './scene.ts'
import { consentsTo, HOUR, sendBy, standing } from './standing.ts'

const pause = (next: string | null): PlanNode => ({
  kind: 'wait',
  label: null,
  for: { by: 'duration', ms: HOUR },
  exits: { next },
})

const receipt = (status: ReceiptKind, after: number, change: object = {}): Reply => ({
  at: NOW + after * MINUTE,
  receipt: { node: 'here', channel: 'email', status, ...change },
})
const happens = (type: string, after: number, data = {}): Reply => ({
  at: NOW + after * MINUTE,
  event: { type, data },
})

const SIMPLE = {
  start: start('here'),
  here: sendBy({ channels: ['email', 'sms'] }, { next: 'pause' }),
  pause: pause('again'),
  again: sendBy({ strategy: 'different', differentFrom: 'here', channels: ['email', 'sms'] }),
}
const CLOCKED = {
  start: start('here'),
  here: sendBy({
    channels: ['email', 'sms'],
    hops: { email: { until: 'delivered', fallbackAfterMs: 2 * HOUR } },
  }),
}

test('a journey is played to its end on a clock that jumps from rest to rest', () => {
  expect(trace({ nodes: SIMPLE })).toEqual([
    'start next entered',
    'here sent hop',
    'here next reached',
    'pause resting wait',
    'pause next waited +60',
    'again refused used-before +60',
    'again sent hop +60',
    'again next reached +60',
    'again end end +60',
  ])
})

test('every movement and every message is counted once', () => {
  const { moves, sent } = played({ nodes: SIMPLE })
  expect(moves.map(({ node, what }) => `${node} ${what}`)).toEqual([
    'start in',
    'start >next',
    'here in',
    'here >next',
    'pause in',
    'pause >next',
    'again in',
    'again >next',
  ])
  expect(sent).toEqual(['email', 'sms'])
})

test('a send is taken to reach what its clock waits for at once', () => {
  expect(trace({ nodes: CLOCKED })).toEqual([
    'start next entered',
    'here sent hop',
    'here next reached',
    'here end end',
  ])
})

const FALLS_BACK = ['here sent hop', 'here next reached', 'here end end']
const RESTS = ['start next entered', 'here sent hop', 'here resting hop-clock']
test.each<[string, Reply[], string[]]>([
  [
    'a send that is said to get no further than sent falls back when its clock has run out',
    [receipt('sent', 0)],
    [...RESTS, ...FALLS_BACK.map((step) => `${step} +120`)],
  ],
  [
    'a send that is said to fail falls back at that moment',
    [receipt('failed', 30)],
    [...RESTS, ...FALLS_BACK.map((step) => `${step} +30`)],
  ],
  [
    'a send that fails at once is not taken by the provider',
    [receipt('failed', 0)],
    ['start next entered', 'here sent hop', ...FALLS_BACK],
  ],
  [
    'a send that is said to be delivered in time goes on then',
    [receipt('delivered', 90)],
    [...RESTS, 'here next reached +90', 'here end end +90'],
  ],
  [
    'a send that is said to be delivered too late has fallen back by then',
    [receipt('delivered', 150)],
    [...RESTS, ...FALLS_BACK.map((step) => `${step} +120`)],
  ],
  [
    'a click tomorrow says nothing against delivery today',
    [receipt('clicked', 24 * 60)],
    ['start next entered', 'here sent hop', 'here next reached', 'here end end'],
  ],
  [
    'a reply about another step changes nothing here',
    [receipt('failed', 0, { node: 'elsewhere' }), receipt('failed', 0, { channel: 'push' })],
    ['start next entered', 'here sent hop', 'here next reached', 'here end end'],
  ],
])('%s', (_, replies, steps) => {
  expect(trace({ nodes: CLOCKED, replies })).toEqual(steps)
})

test('a reply about a message that is not there yet waits for it', () => {
  const nodes = { start: start('pause'), pause: pause('here'), here: CLOCKED.here }
  expect(trace({ nodes, replies: [receipt('failed', 0)] }).slice(3)).toEqual([
    'here sent hop +60',
    ...FALLS_BACK.map((step) => `${step} +60`),
  ])
})

test('a message that fails after the journey went on is known to later conditions, and not sent again', () => {
  const nodes = { ...SIMPLE, again: whether({ message: { node: 'here', status: 'failed' } }) }
  expect(trace({ nodes, replies: [receipt('bounced', 30)] }).slice(3)).toEqual([
    'pause resting wait',
    'pause next waited +60',
    'again yes condition +60',
    'again end end +60',
  ])
})

test('who bounces, complains or opts out is refused on that channel from then on', () => {
  const nodes = { ...SIMPLE, again: sendBy({ channels: ['email'] }) }
  const refused = (status: ReceiptKind) => trace({ nodes, replies: [receipt(status, 30)] }).slice(5)
  const unreachable = ['again failed unreachable +60', 'again end end +60']
  expect(refused('bounced')).toEqual(['again refused suppressed +60', ...unreachable])
  expect(refused('complained')).toEqual(['again refused suppressed +60', ...unreachable])
  expect(refused('opted-out')).toEqual(['again refused stopped +60', ...unreachable])
})

test('an event that comes meanwhile is seen by the condition that asks for it', () => {
  const redeemed = { event: 'Redeemed', count: { op: '>=', n: 1 }, since: 'entry' }
  const nodes = { start: start('pause'), pause: pause('asked'), asked: whether(redeemed) }
  expect(trace({ nodes, replies: [happens('Redeemed', 30)] })[3]).toBe('asked yes condition +60')
  expect(trace({ nodes, replies: [happens('Redeemed', 90)] })[3]).toBe('asked no condition +60')
})

test('exit criteria that a reply makes true end the journey at that moment', () => {
  const exitWhen = { event: 'Closed', count: { op: '>=', n: 1 }, since: 'entry' } as const
  const replies = [happens('Closed', 30)]
  const { plan, workspace, member } = standing({ nodes: SIMPLE, settings: { exitWhen } })
  const listening = { ...plan, exitOn: { ...plan.exitOn, events: ['Closed'] } }
  const { steps } = dryRun({
    plan: listening,
    workspace,
    member,
    event: {},
    start: NOW,
    replies,
  })
  expect(steps.at(-1)).toMatchObject({
    node: 'pause',
    at: NOW + 30 * MINUTE,
    outcome: 'left',
    reason: { code: 'exit-criteria' },
  })
})

test('messages of the journey count towards caps, those that failed do not', () => {
  const workspace = { frequencyCaps: [{ max: 1, per: 'day' as const, window: 'rolling' as const }] }
  const nodes = { ...SIMPLE, again: sendBy({ channels: ['sms'] }) }
  expect(trace({ nodes, workspace }).slice(5)).toEqual([
    `again resting frequency-cap +60`,
    `again sent hop +${24 * 60}`,
    `again next reached +${24 * 60}`,
    `again end end +${24 * 60}`,
  ])
  const failed = trace({ nodes, workspace, replies: [receipt('failed', 30)] })
  expect(failed.slice(5)).toEqual(['again sent hop +60', 'again next reached +60', 'again end end +60'])
})

test('a message that turns out to have failed makes room in a full cap', () => {
  const workspace = { frequencyCaps: [{ max: 1, per: 'day' as const, window: 'rolling' as const }] }
  const nodes = { ...SIMPLE, again: sendBy({ channels: ['sms'] }) }
  expect(trace({ nodes, workspace, replies: [receipt('bounced', 90)] }).slice(5)).toEqual([
    'again resting frequency-cap +60',
    'again sent hop +90',
    'again next reached +90',
    'again end end +90',
  ])
})

test('who would rest until somebody acts is left resting, with the reason', () => {
  const { steps, moves } = played({ nodes: SIMPLE, workspace: { sending: false } })
  expect(steps.at(-1)).toMatchObject({ node: 'here', outcome: 'resting', reason: { code: 'sending-off' } })
  expect(moves.at(-1)).toEqual({ node: 'here', what: 'in' })
})

test('each refused channel is a step of its own, told once however often it is tried', () => {
  const workspace = { quietHours: { from: '10:00', to: '20:00' } }
  const steps = trace({ nodes: SIMPLE, workspace, member: { consents: consentsTo('sms') } })
  expect(steps.slice(1, 5)).toEqual([
    'here refused no-consent',
    'here resting quiet-hours',
    'here sent hop +540',
    'here next reached +540',
  ])
})

test('a domain system that is called is taken to answer that all is well', () => {
  const request = {
    url: 'https://shop.example/hook',
    method: 'POST',
    headers: {},
    body: null,
    secret: null,
    timeoutMs: 1_000,
    store: [],
  }
  const nodes = {
    start: start('call'),
    call: { kind: 'webhook', label: null, request, exits: { next: null, failed: null } } as PlanNode,
  }
  expect(trace({ nodes })).toEqual([
    'start next entered',
    'call sent call-supposedly',
    'call next called-supposedly',
    'call end end',
  ])
  expect(say(played({ nodes }).steps[2]!.reason)).toBe('Would call shop.example; taken as answered 200.')
})

test('a send by every channel has one step, one message and one count each', () => {
  const nodes = {
    start: start('here'),
    here: sendBy({ strategy: 'all', channels: ['email', 'sms', 'push'] }),
  }
  const { steps, sent } = played({ nodes })
  const messages = steps.flatMap((step) => step.hop?.channel ?? [])
  expect(messages).toEqual(['email', 'sms', 'push'])
  expect(sent).toEqual(messages)
})

test('the same facts give the same journey, and are left as they were', () => {
  const scene = standing({
    nodes: SIMPLE,
    workspace: { frequencyCaps: [{ max: 1, per: 'day', window: 'rolling' }] },
  })
  const playing = {
    ...scene,
    event: {},
    start: NOW,
    replies: [receipt('opted-out', 5), happens('Seen', 6)],
  }
  const before = structuredClone(playing)
  expect(dryRun(playing)).toEqual(dryRun(playing))
  expect(playing).toEqual(before)
  expect(CHANNELS).toContain(dryRun(playing).sent[0])
})
