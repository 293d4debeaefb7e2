import { afterAll, beforeEach, expect, test } from 'vitest'
import { digestWith } from '../../db/digest.ts'
import { encodeId } from '../../db/ids.ts'
import { takeReceipts } from '../../db/receipts.ts'
import { expectBalance } from '../engine/balance.ts'
import { SECRET } from '../engine/open-engine.ts'
import { faultsBetween } from './books.ts'
import { carry } from './carry.ts'
import { event, send, TOPIC } from './play.ts'
import { openStage } from './stage.ts'
import { until } from './until.ts'

const stage = await openStage()
const { play, sink, books, server, engine, db } = stage
const { workspace } = server
const desk = { digest: digestWith(SECRET), memory: engine.memory }
afterAll(stage.close)
beforeEach(() => sink.arrivals.splice(0))

const TWO_MAILS = { first: send('first', ['email'], 'second'), second: send('second', ['email'], null) }
const EXIT = { exitWhen: { event: 'AccountClosed', count: { op: '>=', n: 1 }, since: 'entry' } }
let days = 0

/** Carries `count` members to their first mail and runs `act` when the server has it and has not answered yet. */
async function whileSending(act: (of: { members: string[]; flow: string }) => Promise<unknown>, count = 1) {
  const day = `Day${(days += 1)}`
  const flow = await play.publish({ on: day, nodes: TWO_MAILS, settings: EXIT })
  const members = await play.enlist(day, count)
  sink.plan([{ at: 'dot', act: 'hold', times: count }])
  await play.tell(day, members)
  const carried = carry({ engine, workspace, db })
  await until(() => sink.held() === Math.min(count, CONNECTIONS))
  await act({ members, flow })
  sink.plan([])
  sink.release()
  await carried
  await expectBalance(stage)
  const messages = await books.messages({ flow })
  expect(faultsBetween(messages, sink.arrivals)).toEqual([])
  return { messages, enrollments: await books.enrollments({ flow }) }
}

const CONNECTIONS = 20
const optOut = (members: string[]) =>
  server.call('PUT', '/v1/members', {
    body: members.map((externalId) => ({
      externalId,
      consents: [{ topic: TOPIC, channel: 'email', state: 'revoked', source: 'test' }],
    })),
  })

test('an event that ends the journey while a mail is being sent lets that mail arrive, and no other', async () => {
  const { messages, enrollments } = await whileSending(({ members }) => play.tell('AccountClosed', members))
  expect(messages).toMatchObject([{ node: 'first', status: 'sent' }])
  expect(enrollments).toMatchObject([{ state: 'ended', reason: { code: 'exit-criteria' } }])
})

test('a flow that is stopped while a mail is being sent lets that mail arrive, and no other', async () => {
  const { messages, enrollments } = await whileSending(({ flow }) =>
    server.call('POST', `/v1/flows/${flow}/stop`, { body: { inside: 'exit' } }),
  )
  expect(messages).toMatchObject([{ node: 'first', status: 'sent' }])
  expect(enrollments).toMatchObject([{ state: 'ended', reason: { code: 'flow-stopped' } }])
})

test('an opt-out while a mail is being sent lets that mail arrive, and no other', async () => {
  const { messages, enrollments } = await whileSending(({ members }) => optOut(members))
  expect(messages).toMatchObject([{ node: 'first', status: 'sent' }])
  expect(enrollments).toMatchObject([{ state: 'ended', node: 'second' }])
})

test('an opt-out wins over every mail that was not granted yet, also in the middle of many', async () => {
  const { messages } = await whileSending(({ members }) => optOut(members), 300)
  const sent = messages.filter((one) => one.status === 'sent')
  const failed = messages.filter((one) => one.status === 'failed')
  expect(sent.length).toBeLessThanOrEqual(100)
  expect(sent.length + failed.length).toBe(300)
  expect(new Set(failed.map((one) => one.reason?.code))).toEqual(new Set(['consent-revoked']))
})

test('a flow that is stopped in the middle of many sends none that was not granted yet', async () => {
  const { messages, enrollments } = await whileSending(
    ({ flow }) => server.call('POST', `/v1/flows/${flow}/stop`, { body: { inside: 'exit' } }),
    300,
  )
  const unsent = messages.filter((one) => one.status !== 'sent')
  expect(unsent.length).toBeGreaterThanOrEqual(200)
  expect(new Set(unsent.map((one) => `${one.status} ${one.reason?.code}`))).toEqual(
    new Set(['failed flow-stopped']),
  )
  expect(new Set(enrollments.map((one) => one.reason?.code))).toEqual(new Set(['flow-stopped']))
})

test('erasing a member while a mail is being sent leaves its row without a trace of them', async () => {
  const { messages, enrollments } = await whileSending(({ members: [member] }) =>
    server.call('DELETE', `/v1/members/${member}`),
  )
  expect(messages).toMatchObject([{ node: 'first', status: 'sent', to: null }])
  expect(enrollments).toMatchObject([{ state: 'ended', reason: { code: 'erased' } }])
  const [row] = await books.rows('select status, "to", subject, vars from message order by id desc limit 1')
  expect(row).toEqual({ status: 'sent', to: null, subject: null, vars: null })
})

test.each(['its id', 'its provider’s id'])(
  'a receipt that names a mail by %s before the server has answered counts',
  async (name) => {
    const { messages } = await whileSending(async ({ members: [member = ''] }) => {
      const [row] = await books.messages({ member })
      const message = row?.id ?? 0
      const [transport] = await books.rows<{ id: number }>(`select id from transport where channel = 'email'`)
      const named =
        name === 'its id'
          ? { message, providerId: null }
          : { message: null, providerId: `<${encodeId('message', message)}@sender.example>` }
      const receipt = {
        ...named,
        key: `early ${name}`,
        transport: transport?.id ?? 0,
        kind: 'delivered',
        at: new Date(),
        data: null,
      } as const
      await takeReceipts(db, { ...desk, workspace }, [receipt])
    })
    expect(messages).toMatchObject([
      { node: 'first', status: 'delivered' },
      { node: 'second', status: 'sent' },
    ])
  },
)

test('the same event, posted 100 times at once, is one entry and one mail', async () => {
  await play.publish({
    on: 'Storm',
    nodes: { mail: send('first', ['email'], null) },
    settings: { reentry: { policy: 'every', concurrent: true } },
  })
  const [member = ''] = await play.enlist('stormy', 1)
  const answers = await Promise.all(
    Array.from({ length: 100 }, () => server.call('POST', '/v1/events', { body: event('Storm', member) })),
  )
  expect(new Set(answers.map((one) => one.status))).toEqual(new Set([202]))
  expect(answers.filter((one) => one.body.accepted === 1)).toHaveLength(1)
  expect(answers.filter((one) => one.body.duplicates === 1)).toHaveLength(99)
  await carry({ engine, workspace, db })
  expect(await books.enrollments({ member })).toHaveLength(1)
  expect(sink.arrivals).toHaveLength(1)
})
