import { expect, test } from 'vitest'
import type { Channel } from '../../flow/channels/channel.ts'
import { gate, type Verdict } from '../../flow/gate.ts'
import { NOW } from './scene.ts'
import { consentsTo, HOUR, sendBy, standing, TEMPLATE, type Standing } from './standing.ts'

function verdictOf(
  at: Standing,
  { channel = 'email', claimed = [] }: { channel?: Channel; claimed?: Channel[] } = {},
): Verdict {
  return gate({ channel, node: sendBy(), scene: standing(at), claimed })
}

/** The rule that refused or held; null for a pass. */
function ruleOf(at: Standing, channel: Channel = 'email'): string | null {
  const verdict = verdictOf(at, { channel })
  if ('refused' in verdict) return verdict.refused.code
  return 'held' in verdict ? verdict.held.code : null
}

const printing = (...required: string[]) => ({
  news: { ...TEMPLATE, content: { ...TEMPLATE.content, email: { en: { required } } } },
})
const STOP = { topic: '*', channel: 'email', state: 'revoked', source: 'link', at: NOW } as const
const REVOKED = { ...STOP, topic: 'prizes' } as const
const FULL = [{ max: 1, per: 'day', window: 'rolling' }] as const
const sentOnce = [{ at: NOW - HOUR, channel: 'email' as const, topic: 'prizes' }]

/** Each entry breaks one rule more, last rule first: whatever else is broken, the first failing rule is the one told. */
const BROKEN: [rule: string, Standing][] = [
  ['quiet-hours', { workspace: { quietHours: { from: '10:00', to: '20:00' } } }],
  ['frequency-cap', { workspace: { frequencyCaps: [...FULL] }, member: { sends: sentOnce } }],
  ['sending-off', { workspace: { sending: false } }],
  ['consent-revoked', { member: { consents: [REVOKED] } }],
  ['stopped', { member: { consents: [REVOKED, STOP] } }],
  ['not-allow-listed', { workspace: { allowList: ['bob'] } }],
  ['suppressed', { member: { suppressions: { email: { reason: 'hard-bounce', at: NOW } } } }],
  ['no-address', { member: { addresses: {} } }],
  ['variables', { workspace: { templates: printing('prize.colour') } }],
  ['no-content', { workspace: { templates: { news: { ...TEMPLATE, content: {} } } } }],
  ['no-template', { workspace: { templates: { news: { ...TEMPLATE, active: false } } } }],
  ['no-transport', { workspace: { transports: {} } }],
]

test('of several broken rules the first in order is told', () => {
  let all: Standing = {}
  for (const [rule, { workspace, member }] of BROKEN) {
    all = { workspace: { ...all.workspace, ...workspace }, member: { ...all.member, ...member } }
    expect(ruleOf(all)).toBe(rule)
  }
})

test.each(BROKEN)('a send that breaks only %s is told so', (rule, broken) => {
  expect(ruleOf(broken)).toBe(rule)
})

test('a send that breaks no rule passes, with all that the hop needs', () => {
  expect(verdictOf({})).toMatchObject({
    pass: true,
    locale: 'en',
    to: 'ana by email',
    transport: 1,
    template: { id: 7 },
  })
})

test('a channel whose transport is not ready is refused, a missing template too', () => {
  const transports = { email: { id: 1, kind: 'smtp', revision: 1, ready: false } }
  expect(ruleOf({ workspace: { transports } })).toBe('no-transport')
  expect(ruleOf({ workspace: { templates: {} } })).toBe('no-template')
})

test('variables name every path without a value', () => {
  expect(
    verdictOf({ workspace: { templates: printing('prize.tier', 'member.name', 'prize.colour') } }),
  ).toEqual({
    refused: { code: 'variables', args: { names: ['member.name', 'prize.colour'], channel: 'email' } },
  })
})

test('what the entry event, the member and the journey bring fills variables', () => {
  const at: Standing = {
    workspace: {
      templates: printing('prize.code', 'event.prize.code', 'member.name', 'member.email', 'journey.points'),
    },
    member: { attributes: { name: 'Ana' } },
    enrollment: { journey: { points: 3 } },
  }
  expect(ruleOf(at)).toBeNull()
})

test.each([
  ['es-MX', ['es-MX', 'es', 'en'], 'es-MX'],
  ['es-MX', ['es', 'en'], 'es'],
  ['fr', ['es', 'en'], 'en'],
  [null, ['es', 'en'], 'en'],
])('a member who reads %s gets, of %j, the content in %s', (locale, written, expected) => {
  const email = Object.fromEntries(written.map((one) => [one, { required: [] }]))
  const templates = { news: { ...TEMPLATE, content: { email } } }
  expect(verdictOf({ workspace: { templates }, member: { locale } })).toMatchObject({
    pass: true,
    locale: expected,
  })
})

test('a channel that is written neither in the member’s language nor in the default one has no content', () => {
  const templates = { news: { ...TEMPLATE, content: { email: { es: { required: [] } } } } }
  expect(ruleOf({ workspace: { templates }, member: { locale: 'fr' } })).toBe('no-content')
})

test('a suppressed address is told with what it was suppressed for', () => {
  const suppressions = { email: { reason: 'hard-bounce', at: NOW } }
  expect(verdictOf({ member: { suppressions } })).toEqual({
    refused: { code: 'suppressed', args: { channel: 'email', why: 'hard-bounce', at: NOW } },
  })
  expect(ruleOf({ member: { suppressions } }, 'sms')).toBeNull()
})

test('an allow-list lets its addresses pass', () => {
  expect(ruleOf({ workspace: { allowList: ['ana by email'] } })).toBeNull()
  expect(ruleOf({ workspace: { allowList: [] } })).toBe('not-allow-listed')
})

test('consent counts by topic and channel', () => {
  expect(ruleOf({ member: { consents: [] } })).toBe('no-consent')
  expect(ruleOf({ member: { consents: consentsTo('sms') } })).toBe('no-consent')
  expect(ruleOf({ settings: { topic: 'offers' } })).toBe('no-consent')
  expect(ruleOf({ member: { consents: consentsTo('email') } })).toBeNull()
})

test('a revoked consent is told with when and where it was revoked', () => {
  expect(verdictOf({ member: { consents: [REVOKED] } })).toEqual({
    refused: {
      code: 'consent-revoked',
      args: { topic: 'prizes', channel: 'email', at: NOW, source: 'link' },
    },
  })
})

test('a STOP holds on its channel alone', () => {
  const consents = [...consentsTo('email', 'sms'), STOP]
  expect(ruleOf({ member: { consents } })).toBe('stopped')
  expect(ruleOf({ member: { consents } }, 'sms')).toBeNull()
})

test('a transactional message needs no consent to a topic, and yields to a STOP and to a suppression', () => {
  const settings = { purpose: 'transactional', topic: null } as const
  const suppressions = { email: { reason: 'complaint', at: NOW } }
  expect(ruleOf({ settings, member: { consents: [] } })).toBeNull()
  expect(ruleOf({ settings, member: { consents: [REVOKED] } })).toBeNull()
  expect(ruleOf({ settings, member: { consents: [STOP] } })).toBe('stopped')
  expect(ruleOf({ settings, member: { suppressions } })).toBe('suppressed')
})

test('a flow that ignores caps and quiet hours is held by neither', () => {
  const settings = { quietHours: 'ignore', frequencyCap: 'ignore' } as const
  const workspace = { quietHours: { from: '10:00', to: '20:00' }, frequencyCaps: [...FULL] }
  expect(ruleOf({ settings, workspace, member: { sends: sentOnce } })).toBeNull()
})

test('a full cap tells how many messages filled it and when there is room', () => {
  expect(verdictOf({ workspace: { frequencyCaps: [...FULL] }, member: { sends: sentOnce } })).toEqual({
    held: {
      code: 'frequency-cap',
      args: { count: 1, max: 1, per: 'day', window: 'rolling', zone: 'Europe/Madrid' },
    },
    until: NOW + 23 * HOUR,
  })
})

test('what this decision has claimed counts towards caps already', () => {
  const workspace = { frequencyCaps: [...FULL] }
  expect(verdictOf({ workspace }, { claimed: ['sms'] })).toMatchObject({ held: { code: 'frequency-cap' } })
  const onlyMail = { frequencyCaps: [{ ...FULL[0], channel: 'email' as const }] }
  expect(verdictOf({ workspace: onlyMail }, { claimed: ['sms'] })).toMatchObject({ pass: true })
})

test('caps do not hold back a test run', () => {
  expect(
    ruleOf({
      workspace: { frequencyCaps: [...FULL] },
      member: { sends: sentOnce },
      enrollment: { test: true },
    }),
  ).toBeNull()
})

test('quiet hours go by the member’s clock, else the flow’s, else the workspace’s', () => {
  const workspace = { quietHours: { from: '11:00', to: '11:30' }, timeZone: 'UTC' }
  const settings = { timeZone: 'Europe/Madrid' }
  const nowhere = { timeZone: null }
  expect(verdictOf({ workspace, member: { timeZone: 'Europe/Madrid' } })).toMatchObject({
    until: NOW + HOUR / 2,
  })
  expect(verdictOf({ workspace, member: nowhere, settings })).toMatchObject({ until: NOW + HOUR / 2 })
  expect(ruleOf({ workspace, member: nowhere })).toBeNull()
})
