import { afterAll, beforeEach, expect, test } from 'vitest'
import { faultsBetween } from './books.ts'
import { send } from './play.ts'
import { openStage } from './stage.ts'
import { until } from './until.ts'

const stage = await openStage()
const { play, sink, books } = stage
afterAll(stage.close)
beforeEach(() => {
  sink.arrivals.splice(0)
  sink.plan([])
})

const MAIL_THEN_TEXT = { mail: send('first', ['email', 'sms'], null) }
let days = 0

/** A flow of its own for this day, with one member inside. */
async function begin(nodes: Record<string, unknown>): Promise<string> {
  const day = `Day${(days += 1)}`
  await play.publish({ on: day, nodes })
  const [member = ''] = await play.enlist(day, 1)
  await play.tell(day, [member])
  return member
}

test.each([
  ['greets with a refusal', { at: 'greeting', act: '421 4.3.2 Not now' }],
  ['is busy', { at: 'MAIL', act: '451 4.7.1 Try again later' }],
  ['greylists the recipient', { at: 'RCPT', act: '450 4.7.1 Greylisted' }],
  ['is short of storage', { at: 'dot', act: '452 4.3.1 Insufficient system storage' }],
  ['cuts the connection before the body', { at: 'DATA', act: 'drop' }],
] as const)('a mail server that %s gets the message again, and the member one copy', async (_day, mishap) => {
  sink.plan([mishap])
  const member = await begin(MAIL_THEN_TEXT)
  await stage.carryAll()
  expect(await books.messages({ member })).toMatchObject([{ status: 'pending', attempt: 1 }])
  await stage.letTimePass(600_000)
  await stage.carryAll()
  expect(await books.messages({ member })).toMatchObject([{ status: 'sent', attempt: 2 }])
  expect(sink.arrivals.filter((one) => one.taken)).toHaveLength(1)
  expect(await books.enrollments({ member })).toMatchObject([{ state: 'ended' }])
})

test.each([
  ['cuts the connection while the body is under way', { at: 'body', act: 'drop' }, 0],
  ['takes the message and cuts the connection', { at: 'dot', act: 'drop' }, 1],
] as const)(
  'after a mail server that %s nothing is sent again, and the journey goes on',
  async (_day, mishap, copies) => {
    sink.plan([mishap])
    const member = await begin({
      mail: { ...send('first', ['email', 'sms'], 'text'), exits: { next: 'text', failed: null } },
      text: send('second', ['sms'], null),
    })
    await stage.carryAll()
    await stage.letTimePass(600_000)
    await stage.carryAll()
    expect(await books.messages({ member })).toMatchObject([
      { node: 'mail', channel: 'email', status: 'unknown', reason: { code: 'perhaps-sent' } },
      { node: 'text', channel: 'sms', status: 'sent' },
    ])
    expect(sink.arrivals).toHaveLength(copies)
    expect(await books.enrollments({ member })).toMatchObject([{ state: 'ended', reason: { code: 'end' } }])
  },
)

test('an address that does not exist is never used again, and the member hears by the next channel', async () => {
  sink.plan([{ at: 'RCPT', act: '550 5.1.1 No such user' }])
  const member = await begin(MAIL_THEN_TEXT)
  await stage.carryAll()
  expect(await books.messages({ member })).toMatchObject([
    { channel: 'email', status: 'failed', reason: { code: 'rejected', args: { class: 'invalid-address' } } },
    { channel: 'sms', status: 'sent' },
  ])
  await play.publish({ on: 'DayAfter', nodes: MAIL_THEN_TEXT })
  await play.tell('DayAfter', [member])
  await stage.carryAll()
  expect((await books.messages({ member })).slice(2)).toMatchObject([{ channel: 'sms', status: 'sent' }])
  expect(sink.arrivals).toEqual([])
})

test('a mail server that never answers keeps nobody else waiting', async () => {
  sink.plan([{ at: 'dot', act: 'hold', times: 3 }])
  const day = 'DayOfHanging'
  await play.publish({ on: day, nodes: MAIL_THEN_TEXT })
  const members = await play.enlist(day, 3)
  const others = await play.enlist('texting', 3)
  await stage.server.call('PUT', '/v1/members', {
    body: others.map((externalId) => ({ externalId, email: null })),
  })
  await play.tell(day, members)
  const carried = stage.carryAll()
  await until(() => sink.held() === 3)
  await play.tell(day, others)
  await until(async () =>
    (await books.messages({ member: 'texting-%' })).every((one) => one.status === 'sent'),
  )
  await carried
  expect((await books.messages({ member: `${day}-%` })).map((one) => one.status)).toEqual(
    Array(3).fill('sending'),
  )
  sink.release()
  await until(async () =>
    (await books.messages({ member: `${day}-%` })).every((one) => one.status === 'sent'),
  )
  await until(async () =>
    (await books.enrollments({ member: `${day}-%` })).every((one) => one.state === 'ended'),
  )
  expect(faultsBetween(await books.messages({ member: `${day}-%` }), sink.arrivals)).toEqual([])
})

test('a mail server that takes four mails a second is given no more', async () => {
  const { port } = sink
  const from = { name: 'News', address: 'news@sender.example' }
  const smtp = { transport: 'smtp', host: '127.0.0.1', port, from }
  await stage.server.call('PUT', '/v1/channels/email', { body: { ...smtp, rate: { perSecond: 4 } } })
  await play.publish({ on: 'DayOfRate', nodes: { mail: send('first', ['email'], null) } })
  await play.tell('DayOfRate', await play.enlist('paced', 9))
  await stage.carryAll()
  await until(() => sink.arrivals.length === 9)
  await stage.server.call('PUT', '/v1/channels/email', { body: smtp })
  const times = sink.arrivals.map(({ at }) => at).toSorted((a, b) => a - b)
  // Four at once, then one each quarter of a second: the ninth comes a second and a quarter after the first.
  expect((times[8] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(1_000)
})

test('a template that fails for one member of 500 reaches the other 499', async () => {
  const content = {
    email: {
      en: { subject: 'Hello', html: '<p>Hello{% if member.vip %} {{ member.title }}{% endif %}</p>' },
    },
  }
  await stage.server.call('PUT', '/v1/templates/fragile', {
    body: { name: 'Fragile', defaultLocale: 'en', content },
  })
  await play.publish({ on: 'DayOfTemplates', nodes: { mail: send('fragile', ['email'], null) } })
  const members = await play.enlist('reader', 500)
  await stage.server.call('PUT', '/v1/members', {
    body: { externalId: 'reader-250', attributes: { vip: true } },
  })
  await play.tell('DayOfTemplates', members)
  await stage.carryAll()
  await until(async () =>
    (await books.enrollments({ member: 'reader-%' })).every((one) => one.state === 'ended'),
  )
  const messages = await books.messages({ member: 'reader-%' })
  expect(messages.filter((one) => one.status === 'sent')).toHaveLength(499)
  expect(await books.messages({ member: 'reader-250' })).toMatchObject([
    { status: 'failed', reason: { code: 'template' } },
  ])
  expect(faultsBetween(messages, sink.arrivals)).toEqual([])
})
