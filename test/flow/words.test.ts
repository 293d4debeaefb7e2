import { expect, test } from 'vitest'
import { decide } from '../../flow/decide.ts'
import { gate } from '../../flow/gate.ts'
import type { Reason } from '../../flow/reason.ts'
import { SENTENCES } from '../../flow/sentences.ts'
import { say } from '../../flow/words.ts'
import { NOW } from './scene.ts'
import { hopBy, sendBy, standing, TEMPLATE, type Standing } from './standing.ts'

const MADRID = { zone: 'Europe/Madrid', locale: 'en-GB' }

function refusal(at: Standing): string {
  const verdict = gate({ channel: 'email', node: sendBy(), scene: standing(at), claimed: [] })
  return 'refused' in verdict ? say(verdict.refused, MADRID) : ''
}

/** The sentences of one decision. */
function told(at: Standing): string[] {
  return decide(standing(at)).steps.map((step) => say(step.reason, MADRID))
}

const REVOKED = {
  topic: 'prizes',
  channel: 'email',
  state: 'revoked',
  source: 'unsubscribe link',
  at: NOW,
} as const
const CODE = { email: { en: { required: ['prize.colour'] } } }

test.each<[string, Standing]>([
  [
    'Not sent by email: the channel is not connected. Connect it on the Channels page.',
    { workspace: { transports: {} } },
  ],
  ['Not sent: template *news* is missing or switched off.', { workspace: { templates: {} } }],
  [
    'Not sent by email: template *news* has no content for it.',
    { workspace: { templates: { news: { ...TEMPLATE, content: {} } } } },
  ],
  [
    'Not sent by email: no value for *prize.colour*. Fill it in, or give the template a default.',
    { workspace: { templates: { news: { ...TEMPLATE, content: CODE } } } },
  ],
  ['Not sent by email: no address for it.', { member: { addresses: {} } }],
  [
    'Not sent by email: the address is suppressed since 21 November (hard bounce).',
    { member: { suppressions: { email: { reason: 'hard-bounce', at: NOW } } } },
  ],
  [
    'Not sent by email: the address is not on the allow-list of this workspace.',
    { workspace: { allowList: [] } },
  ],
  ['Not sent by email: no consent for *prizes* by email.', { member: { consents: [] } }],
  [
    'Not sent by email: no consent for *prizes* by email (revoked 21 November, unsubscribe link).',
    { member: { consents: [REVOKED] } },
  ],
  [
    'Not sent by email: opted out of this channel on 21 November (unsubscribe link).',
    { member: { consents: [{ ...REVOKED, topic: '*' }] } },
  ],
])('a refusal is told in words: %s', (sentence, at) => {
  expect(refusal(at)).toBe(sentence)
})

test('a rest tells until when on the member’s clock, and why', () => {
  const workspace = { quietHours: { from: '10:00', to: '20:00' } }
  expect(told({ workspace })).toEqual(['Resting until 20:00 on 21 November in Madrid: quiet hours.'])
})

test('a full cap tells how many messages there were and how many are allowed', () => {
  const workspace = { frequencyCaps: [{ max: 1, per: 'week' as const, window: 'calendar' as const }] }
  const sends = [{ at: NOW - 1, channel: 'sms' as const, topic: 'prizes' }]
  expect(told({ workspace, member: { sends } })).toEqual([
    'Resting until 00:00 on 23 November in Madrid: already 1 message this week (limit 1).',
  ])
})

test('a hop after another tells what became of the first', () => {
  const reason = { code: 'rejected', args: { channel: 'email', class: 'invalid-address' } }
  const hops = [hopBy('email', { status: 'failed', sentAt: null, reason })]
  expect(told({ enrollment: { hops } })).toEqual([
    'Going out by SMS: email was tried first (failed by email: the address does not exist).',
  ])
})

test('a condition tells its name, its answer and what settled it', () => {
  const where = { field: 'event.prize.tier', op: 'eq', value: 'grand' } as const
  const nodes = {
    big: { kind: 'audience' as const, label: 'Grand prize only', where, exits: { next: null } },
  }
  const silver = { id: 'e', type: 'Won', at: NOW, data: { prize: { tier: 'silver' } } }
  expect(told({ nodes })).toEqual(['In *Grand prize only* (prize tier was *grand*).'])
  expect(told({ nodes, enrollment: { entry: silver } })).toEqual([
    'Left: not in *Grand prize only* (prize tier was *silver*).',
  ])
})

test('every code has a sentence that ends, whatever its arguments are', () => {
  const odd: Reason['args'][] = [
    undefined,
    {},
    {
      channel: 7,
      at: 'x',
      dueAt: null,
      because: [{ leaf: 'gone' }],
      names: 'x',
      refused: [null],
      why: 3,
      zone: '',
    },
  ]
  const sentences = Object.keys(SENTENCES).flatMap((code) =>
    odd.map((args) => say({ code, ...(args && { args }) })),
  )
  expect(sentences.filter((sentence) => !/^[A-Z*].*[.)]$/.test(sentence))).toEqual([])
})

test('a code that this version does not know is told as it is', () => {
  expect(say({ code: 'moon-was-full' })).toBe('moon was full.')
})
