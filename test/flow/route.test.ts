import { expect, test } from 'vitest'
import { decideSend } from '../../flow/route.ts'
import type { Turn } from '../../flow/scene.ts'
import { NOW } from './scene.ts'
import { consentsTo, hopBy, HOUR, sendBy, standing, TEMPLATE, type Standing } from './standing.ts'

function turnOf(at: Standing): Turn {
  return decideSend('here', sendBy(at.route), standing(at))
}

/** The channels that are sent on, in order. */
function sentOn(at: Standing): string[] {
  const turn = turnOf(at)
  return 'send' in turn ? turn.send.map((hop) => hop.channel) : []
}

const refusals = (turn: Turn): [string, string | null][] =>
  'candidates' in turn
    ? (turn.candidates ?? []).map(({ channel, refused }) => [channel, refused?.code ?? null])
    : []

test('preferred: the channel the member likes best comes first', () => {
  expect(sentOn({ member: { preferredChannels: ['telegram', 'sms'] } })).toEqual(['telegram'])
})

test('preferred: without a wish of the member the workspace’s order holds', () => {
  expect(sentOn({ workspace: { channelOrder: ['voice', 'sms'] } })).toEqual(['voice'])
})

test('preferred: with channels given, their order goes before the workspace’s', () => {
  expect(sentOn({ route: { channels: ['push', 'email'] } })).toEqual(['push'])
})

test('preferred: the member’s wish goes before the flow’s order, within the channels given', () => {
  const member = { preferredChannels: ['voice', 'email'] } as const
  expect(
    sentOn({
      route: { channels: ['push', 'email'] },
      member: { preferredChannels: [...member.preferredChannels] },
    }),
  ).toEqual(['email'])
})

test('fixed: the flow’s order holds, whatever the member prefers', () => {
  const route = { strategy: 'fixed', channels: ['push', 'email'] } as const
  expect(
    sentOn({ route: { ...route, channels: [...route.channels] }, member: { preferredChannels: ['email'] } }),
  ).toEqual(['push'])
})

test('without channels, a send goes by those the template has content for', () => {
  const templates = { news: { ...TEMPLATE, content: { voice: TEMPLATE.content.voice } } }
  expect(sentOn({ workspace: { templates } })).toEqual(['voice'])
})

test('all: every channel that passes gets its hop at once, in order, and the refused ones are told', () => {
  const at: Standing = {
    route: { strategy: 'all', channels: ['sms', 'email', 'push'] },
    member: { consents: consentsTo('sms', 'push') },
  }
  const turn = turnOf(at)
  expect(turn).toMatchObject({
    send: [
      { hop: 0, channel: 'sms' },
      { hop: 1, channel: 'push' },
    ],
  })
  expect(refusals(turn)).toEqual([
    ['sms', null],
    ['email', 'no-consent'],
    ['push', null],
  ])
})

test('all: once its hops are in the ledger nobody is sent another', () => {
  const route = { strategy: 'all', channels: ['sms', 'email'] } as const
  const at = { route: { ...route, channels: [...route.channels] } }
  const failed = { hop: 1, status: 'failed', sentAt: null } as const
  expect(turnOf({ ...at, enrollment: { hops: [hopBy('sms')] } })).toMatchObject({ take: 'next' })
  expect(turnOf({ ...at, enrollment: { hops: [hopBy('sms'), hopBy('email', failed)] } })).toMatchObject({
    take: 'next',
  })
  expect(
    turnOf({ ...at, enrollment: { hops: [hopBy('sms', failed), hopBy('email', failed)] } }),
  ).toMatchObject({ take: 'failed' })
})

test('all: one hop in flight keeps the member', () => {
  const hops = [hopBy('sms'), hopBy('email', { hop: 1, status: 'sending', sentAt: null })]
  expect(turnOf({ route: { strategy: 'all' }, enrollment: { hops } })).toEqual({ carry: true })
})

test('all: a cap with room for only some of the channels makes the member rest before any is sent', () => {
  const at: Standing = {
    route: { strategy: 'all', channels: ['sms', 'email'] },
    workspace: { frequencyCaps: [{ max: 2, per: 'day', window: 'rolling' }] },
    member: { sends: [{ at: NOW - HOUR, channel: 'push', topic: 'prizes' }] },
  }
  expect(turnOf(at)).toMatchObject({ rest: { code: 'frequency-cap' }, dueAt: NOW + 23 * HOUR })
})

test('all: a cap that could never take every channel takes the first ones, and says so of the others', () => {
  const at: Standing = {
    route: { strategy: 'all', channels: ['sms', 'email'] },
    workspace: { frequencyCaps: [{ max: 1, per: 'day', window: 'rolling' }] },
  }
  expect(sentOn(at)).toEqual(['sms'])
  expect(refusals(turnOf(at))).toEqual([
    ['sms', null],
    ['email', 'cap-too-small'],
  ])
})

test('different: a channel that was used at the other send is left out, even if it bounced later', () => {
  const route: Standing['route'] = {
    strategy: 'different',
    differentFrom: 'congrats',
    channels: ['email', 'sms', 'push'],
  }
  const before = hopBy('email', { node: 'congrats', status: 'failed' })
  const turn = turnOf({ route, enrollment: { hops: [before] } })
  expect(turn).toMatchObject({ send: [{ channel: 'sms', hop: 0 }] })
  expect(refusals(turn)).toEqual([
    ['email', 'used-before'],
    ['sms', null],
  ])
})

test('different: a channel of unknown outcome counts as used, a refused one does not', () => {
  const route: Standing['route'] = {
    strategy: 'different',
    differentFrom: 'congrats',
    channels: ['email', 'sms'],
  }
  const perhaps = hopBy('email', { node: 'congrats', status: 'unknown', sentAt: null })
  const refused = hopBy('email', { node: 'congrats', status: 'failed', sentAt: null })
  expect(sentOn({ route, enrollment: { hops: [perhaps] } })).toEqual(['sms'])
  expect(sentOn({ route, enrollment: { hops: [refused] } })).toEqual(['email'])
})

test('different: only channels of this send are told of as used before', () => {
  const route: Standing['route'] = { strategy: 'different', differentFrom: 'congrats', channels: ['sms'] }
  expect(refusals(turnOf({ route, enrollment: { hops: [hopBy('email', { node: 'congrats' })] } }))).toEqual([
    ['sms', null],
  ])
})

test('different: when every channel was used, it takes the failed exit', () => {
  const route: Standing['route'] = { strategy: 'different', differentFrom: 'congrats', channels: ['email'] }
  expect(turnOf({ route, enrollment: { hops: [hopBy('email', { node: 'congrats' })] } })).toMatchObject({
    take: 'failed',
    reason: { code: 'unreachable', args: { refused: [{ channel: 'email', code: 'used-before' }] } },
  })
})

test('when every candidate was refused by the gate, it takes the failed exit with each reason', () => {
  const turn = turnOf({
    route: { channels: ['email', 'sms'] },
    member: { consents: [], addresses: { email: 'ana' } },
  })
  expect(turn).toMatchObject({ take: 'failed', reason: { code: 'unreachable' } })
  expect(refusals(turn)).toEqual([
    ['email', 'no-consent'],
    ['sms', 'no-address'],
  ])
})

test('a hop carries all that the ledger needs to tell what was sent, where and how', () => {
  expect(turnOf({ route: { channels: ['sms'] } })).toMatchObject({
    send: [
      {
        hop: 0,
        channel: 'sms',
        transport: 2,
        template: 7,
        templateVersion: 70,
        locale: 'en',
        to: 'ana by sms',
      },
    ],
  })
})
