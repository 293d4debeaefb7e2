import { describe, expect, test } from 'vitest'
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
  ['Not sent by email: no email address.', { member: { addresses: {} } }],
  [
    'Not sent by email: the address must not be used since 21 November (mail to it came back for good).',
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
    'Not sent by email: they opted out of this channel on 21 November (unsubscribe link).',
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

test('a cap tells what it counts, and over which time', () => {
  const cap = { count: 3, max: 3, dueAt: NOW, zone: 'Europe/Madrid' }
  const tell = (args: object) =>
    say({ code: 'frequency-cap', args: { ...cap, ...args } }, MADRID).replace(/^.*: /, '')
  expect(tell({ per: 'day', window: 'calendar' })).toBe('already 3 messages today (limit 3).')
  expect(tell({ per: 'day', window: 'rolling' })).toBe('already 3 messages within 24 hours (limit 3).')
  expect(tell({ per: 'month', window: 'calendar', about: 'prizes', by: 'sms' })).toBe(
    'already 3 messages about *prizes* by SMS this month (limit 3).',
  )
})

test('when no channel is left it is told what each was refused for', () => {
  const tell = (...refused: [string, string][]) =>
    say({ code: 'unreachable', args: { refused: refused.map(([channel, code]) => ({ channel, code })) } })
  expect(
    tell(['email', 'no-address'], ['sms', 'no-address'], ['voice', 'no-address'], ['push', 'no-address']),
  ).toBe('Nothing to reach them by: no email address, no phone number, no push device.')
  expect(
    tell(
      ['email', 'consent-revoked'],
      ['telegram', 'no-address'],
      ['push', 'no-content'],
      ['voice', 'no-content'],
    ),
  ).toBe(
    'Not sent: no channel could be used (email: consent revoked; Telegram: no linked Telegram; push, voice call: no content for it).',
  )
})

test('an instant in another year than the reader’s tells the year', () => {
  const rest = { code: 'wait', args: { dueAt: Date.UTC(2027, 2, 3, 8) } }
  const read = (year: number) => say(rest, { ...MADRID, now: Date.UTC(year, 10, 21) })
  expect(read(2026)).toBe('Resting until 09:00 on 3 March 2027.')
  expect(read(2027)).toBe('Resting until 09:00 on 3 March.')
})

test('a pause names its day once, or each day when there are two', () => {
  const left = (to: number) => ({ code: 'passed-in-pause', args: { from: Date.UTC(2026, 2, 3, 8), to } })
  expect(say(left(Date.UTC(2026, 2, 3, 10)), MADRID)).toContain('(from 09:00 to 11:00 on 3 March)')
  expect(say(left(Date.UTC(2026, 2, 4, 10)), MADRID)).toContain('(from 09:00 on 3 March to 11:00 on 4 March)')
})

test('a step without a name is told without one, never by its id', () => {
  const where = { field: 'event.prize.tier', op: 'eq', value: 'grand' } as const
  const exits = { yes: null, no: null }
  const asked = { c1: { kind: 'condition' as const, label: null, if: where, exits } }
  expect(told({ nodes: asked })).toContain('Yes (prize tier was *grand*).')
  const nodes = { a1: { kind: 'audience' as const, label: null, where, exits: { next: null } } }
  expect(told({ nodes })).toContain('In the audience (prize tier was *grand*).')
})

test('a hop after another tells what became of the first', () => {
  const reason = { code: 'rejected', args: { channel: 'email', class: 'invalid-address' } }
  const hops = [hopBy('email', { status: 'failed', sentAt: null, reason })]
  expect(told({ enrollment: { hops } })).toEqual([
    'Going out by SMS: email was tried first, but the address does not exist.',
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

test('what is compared with something that is read, too, tells both when they differ', () => {
  const value = { ref: 'entry.data.prize.tier' }
  const where = { field: 'member.tier', op: 'eq', value } as const
  const nodes = { mine: { kind: 'audience' as const, label: null, where, exits: { next: null } } }
  const member = { attributes: { tier: 'silver' } }
  expect(told({ nodes, member })).toEqual([
    'Left: not in the audience (tier was *silver*, while prize tier was *grand*).',
  ])
  expect(told({ nodes, member: { attributes: { tier: 'grand' } } })).toContain(
    'In the audience (tier was *grand*).',
  )
})

describe('what settled a condition is told as people write it', () => {
  const ana = { ...MADRID, now: NOW, names: { audiences: { new: 'New members' }, lists: {}, flows: {} } }
  const tell = (found: unknown) =>
    say({ code: 'condition', args: { because: [{ leaf: 'field', field: 'member.it', found }] } }, ana)

  test.each([
    ['an instant on the reader’s clock', '2026-03-03T08:30:00Z', '*09:30 on 3 March*'],
    ['an instant of another year with its year', '2023-11-05T10:08:39.620Z', '*11:08 on 5 November 2023*'],
    ['a date as the same day for everybody', '2026-12-01', '*1 December*'],
    ['a large number with its thousands apart', 1_234_567.5, '*1,234,567.5*'],
    ['a number that may be a year in one piece', 2026, '*2026*'],
    ['a list as one would say it', ['red', 'green', 'blue'], '*red*, *green* and *blue*'],
    ['an empty list as such', [], 'empty'],
    ['what is true or false', true, '*yes*'],
    ['a text as it stands', '2026 is a good year', '*2026 is a good year*'],
  ])('%s', (_, found, told) => expect(tell(found)).toBe(`No (it was ${told}).`))

  test('an audience by its name, and once', () => {
    const found = { leaf: 'field', field: 'member.joinedAt', found: '2026-11-05' }
    const because = [{ leaf: 'inAudience', truth: false, audience: 'new', because: [found] }]
    const kept = { code: 'not-chosen', args: { audience: 'new', because } }
    expect(say(kept, ana)).toBe('Not in it: not in audience *New members* (joined at *5 November*).')
    expect(say(kept, MADRID)).toBe('Not in it: not in audience *new* (joined at *5 November*).')
  })

  test('a message by the name of its step', () => {
    const nodes = {
      ask: { ...sendBy(), label: 'Ask nicely' },
      clicked: {
        kind: 'condition' as const,
        label: 'Clicked?',
        if: { message: { node: 'ask', status: 'clicked' as const } },
        exits: { yes: null, no: null },
      },
    }
    expect(told({ nodes, enrollment: { node: 'clicked' } })).toEqual([
      '*Clicked?* No (no message at *Ask nicely* was clicked).',
    ])
  })
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
