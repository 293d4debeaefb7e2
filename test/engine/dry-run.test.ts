import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { stopFlow } from '../../db/flow-acts.ts'
import { compile } from '../../flow/compile.ts'
import type { FlowDocument } from '../../flow/document.ts'
import type { Reply } from '../../flow/dry-run/reply.ts'
import { settingsSchema } from '../../flow/settings.ts'
import { dryAccount, liveAccount, type Account } from './accounts.ts'
import { anyDrawing, anyPerson, anySettings, type AnyPerson, type AnyReply } from './any-life.ts'
import { arrive } from './arrivals.ts'
import { drawing, send, waitFor } from './drawing.ts'
import { heldClock } from './held-clock.ts'
import { runLive } from './live-run.ts'
import { openWorld, type World } from './world.ts'

/** A Friday night; on Sunday the clocks of Europe go forward. */
const START = Date.parse('2026-03-27T20:30:00Z')
const LONG_BEFORE = START - 100 * 3_600_000

const clock = heldClock(START)
let world: World
beforeAll(async () => {
  world = await openWorld({ first: clock.hold })
  await world.template('named', greeting('{{ member.nick }}'))
  await world.template('golden', greeting('{% if member.tier == "gold" %}{{ member.nick }}{% endif %}'))
  await saveAudience('golden', { field: 'member.tier', op: 'eq', value: 'gold' })
  await saveAudience('seen-before', { event: 'Seen', count: { op: '>=', n: 1 } })
})
afterAll(async () => {
  await clock.release()
  await world.close()
})

const life = fc.record({
  document: anyDrawing,
  people: fc.array(anyPerson, { minLength: 1, maxLength: 14, size: 'max' }),
  settings: anySettings,
})

test('what a dry run says is what a live run does: same steps, same reasons, same messages, same end', async () => {
  const agree = async (one: Life) => {
    const { said, did } = await dryAndLive(one)
    expect(said).toEqual(did)
  }
  await fc.assert(fc.asyncProperty(life, agree), { numRuns: 60 })
}, 120_000)

interface Life {
  document: FlowDocument
  people: AnyPerson[]
  settings: object
}

/** Plays these lives dry, then lives them, and tells of both. */
async function dryAndLive({ document, people, settings }: Life): Promise<{ said: Account; did: Account }> {
  await clock.moveTo(LONG_BEFORE)
  await world.settings(settingsSchema.partial().parse(settings))
  const names = await arrive(world, people, { start: START })
  const flow = await world.publish(document)
  await clock.moveTo(START)
  const sends = Object.keys(document.nodes).filter((id) => document.nodes[id]?.kind === 'send')
  const travellers = people.map(({ event, replies }, n) => {
    const timed = replies.flatMap((reply) => timedReply(reply, sends))
    return { member: names[n]!, event, replies: timed.toSorted((a, b) => a.at - b.at) }
  })
  const run = { flow, plan: compile(document), travellers, start: START }
  const said = await dryAccount(world, run)
  await runLive(world, clock, run)
  const did = await liveAccount(world, run)
  await world.within((tx) => stopFlow(tx, flow, 'finish'))
  await world.rows(`delete from enrollment where state <> 'ended'`)
  return { said, did }
}

function timedReply({ after, ...reply }: AnyReply, sends: string[]): Reply[] {
  const at = START + after
  if ('event' in reply) return [{ at, event: reply.event }]
  const { send, ...receipt } = reply.receipt
  const node = sends[send]
  return node === undefined ? [] : [{ at, receipt: { ...receipt, node } }]
}

const CALM = { timeZone: 'Europe/Madrid', quietHours: null, frequencyCaps: [], sending: true }
const PERSON: AnyPerson = {
  email: true,
  phone: true,
  locale: 'en',
  timeZone: 'Europe/Madrid',
  tier: 'gold',
  nick: null,
  renewal: null,
  preferredChannels: [],
  allowed: ['email', 'sms'],
  suppressed: null,
  seen: 0,
  sent: [],
  event: { tier: 'gold' },
  replies: [],
}

const STAYS_SENT: AnyReply = { after: 0, receipt: { send: 0, channel: 'email', status: 'sent' } }
const BOUNCES: AnyReply = { after: 127_000, receipt: { send: 0, channel: 'email', status: 'bounced' } }
const REDEEMS: AnyReply = { after: 3_613_000, event: { type: 'Redeemed', data: { tier: 'gold' } } }
const REDEEMED = { event: 'Redeemed', count: { op: '>=', n: 1 }, since: 'entry' }

const mail = send('fixed', ['email'])
const waitForRedeemed = { kind: 'wait', for: { event: 'Redeemed', timeout: 'P1D' }, exits: { timeout: null } }

interface Lived {
  steps: Parameters<typeof drawing>[0]
  exitWhen?: object
  settings?: object
  replies?: AnyReply[]
}

test.each<[string, Lived, string]>([
  [
    'a message that gets no further than sent',
    {
      steps: {
        ask: send('fixed', ['email', 'sms'], {
          hops: { email: { until: 'delivered', fallbackAfter: 'PT2H' } },
        }),
      },
      replies: [STAYS_SENT],
    },
    'Sent by SMS: email was tried first and not delivered within 2 hours.',
  ],
  [
    'a mail that bounces while the next message waits for room in a cap',
    {
      steps: { ask: mail, again: send('fixed', ['sms']) },
      settings: { frequencyCaps: [{ max: 1, per: 'day', window: 'rolling' }] },
      replies: [BOUNCES],
    },
    '2026-03-27T20:32:07.000Z again sent',
  ],
  [
    'quiet hours that end an hour sooner, since the clocks went forward',
    {
      steps: { pause: waitFor('PT24H'), ask: mail },
      settings: { quietHours: { from: '21:00', to: '08:00' } },
    },
    '2026-03-29T06:00:00.000Z ask sent',
  ],
  [
    'an event that somebody waits for, and comes',
    { steps: { redeemed: waitForRedeemed, ask: mail }, replies: [REDEEMS] },
    '2026-03-27T21:30:13.000Z redeemed happened',
  ],
  [
    'an event that somebody waits for, and never comes',
    { steps: { redeemed: waitForRedeemed, ask: mail } },
    '2026-03-28T20:30:00.000Z redeemed timeout',
  ],
  [
    'exit criteria that come true during a wait',
    { steps: { pause: waitFor('P1D'), ask: mail }, exitWhen: REDEEMED, replies: [REDEEMS] },
    'pause left: Left: the exit criteria of the flow came true',
  ],
  [
    'sending that is switched off',
    { steps: { ask: mail }, settings: { sending: false } },
    'ask resting: Resting: sending is switched off for the whole workspace.',
  ],
])('live and dry agree on %s', async (_, { steps, exitWhen, settings, replies = [] }, told) => {
  const document = drawing(steps, { settings: { exitWhen } })
  const people = [{ ...PERSON, replies }]
  const { said, did } = await dryAndLive({ document, people, settings: { ...CALM, ...settings } })
  expect(said).toEqual(did)
  expect(Object.values(said.members)[0]?.steps.join('\n')).toContain(told)
})

/** A template that prints a name; only some channels and languages have it. */
function greeting(name: string): object {
  const mails = { subject: `Hi ${name}`, html: `<p>Hi ${name}</p>` }
  return {
    content: {
      email: { en: mails, es: { subject: 'Hola', html: 'Hola' } },
      sms: { en: { text: `Hi ${name}` } },
      voice: { en: { say: 'Hi' } },
    },
  }
}

async function saveAudience(key: string, where: object): Promise<void> {
  await world.rows(`insert into audience (workspace, key, name, "where") values ($1, $2, $2, $3)`, [
    world.workspace,
    key,
    JSON.stringify(where),
  ])
}
