import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eraseMember } from '../../db/erasure.ts'
import { ingest } from '../../db/events.ts'
import { exportMember } from '../../db/member-export.ts'
import { recordReceipts } from '../../db/receipts.ts'
import { openHouse, type House } from './house.ts'
import { openLedger, type Ledger, type Seeded } from './ledger.ts'

let house: House
let ledger: Ledger
beforeAll(async () => {
  house = await openHouse()
  ledger = await openLedger(house)
})
afterAll(() => house.close())

const erase = (externalId: string) => house.within((tx) => eraseMember(tx, externalId))

/** Every row of every table as text, read by the owner past row-level security. */
async function everything(): Promise<string> {
  const client = new pg.Client({ connectionString: house.url })
  await client.connect()
  const tables = await client.query<{ name: string }>(`select oid::regclass::text name from pg_class
    where relnamespace = 'public'::regnamespace and relkind = 'r'`)
  let text = ''
  for (const { name } of tables.rows) {
    const { rows } = await client.query<{ row: string }>(`select t::text "row" from ${name} t`)
    text += rows.map(({ row }) => `${name} ${row}\n`).join('')
  }
  await client.end()
  return text
}

async function livedIn(externalId: string): Promise<Seeded> {
  await house.put({
    externalId,
    email: 'zoe.quark@x.example',
    phone: '+34600000077',
    attributes: { name: 'Zoe Quark', address: { city: 'Quarkville' } },
    preferredChannels: ['email'],
    consents: [
      { topic: 'prizes', channel: 'email', state: 'granted', source: 'form', wording: 'I, Zoe Quark, agree' },
    ],
  })
  const asKeys = { 'winner.mail': 'zoe.quark@x.example', by: { 'zoe.quark@x.example': true } }
  const data = { prize: { name: 'Quark bike' }, winner: 'Zoe Quark', number: 600000077, ...asKeys }
  const event = { id: 'Quark-1', type: 'Won', member: externalId, at: new Date(), data }
  await house.within((tx) => ingest(tx, house.desk.memory, { workspace: house.workspace, posted: [event] }))
  const seeded = await ledger.message({
    member: externalId,
    to: 'zoe.quark@x.example',
    subject: 'Dear Zoe Quark',
    vars: { now: 0, zone: 'UTC', member: { name: 'Zoe Quark' } },
    providerId: 'p-1',
    entry: { id: 'Quark-1', type: 'Won', at: 0, data },
  })
  await house.rows(
    `insert into step (workspace, period, enrollment, node, at, outcome, code, args, candidates)
     values ($1, date_trunc('month', now()), $2, 'congrats', now(), 'no', 'condition', '{"value": "Quarkville"}', '[{"x": "Zoe Quark"}]')`,
    [house.workspace, seeded.enrollment],
  )
  await house.rows(
    `with who as (select id from member where external_id = $2), told as (
       insert into launch (workspace, flow, members, data, author, last)
       select $1, $3, array[id], '{"for": "Zoe Quark"}', 'test', id from who),
     watched as (insert into membership (workspace, flow, member) select $1, $3, id from who)
     insert into occurrence (workspace, flow, member, day, due_at) select $1, $3, id, '1777-07-07', now() from who`,
    [house.workspace, externalId, ledger.flows.marketing.flow],
  )
  const reply = { message: seeded.id, kind: 'replied', data: { text: 'Thanks, Zoe Quark' } } as const
  await house.within((tx) =>
    recordReceipts(tx, house.desk, [
      { ...reply, key: 'r-1', transport: null, providerId: null, at: new Date() },
    ]),
  )
  return seeded
}

test('an export holds all that is known, and erasure leaves no trace of it in any table', async () => {
  await livedIn('quark-member')
  const kept = JSON.stringify(await house.within((tx) => exportMember(tx, 'quark-member')))
  const marks = [
    'zoe.quark@x.example',
    '+34600000077',
    'Zoe Quark',
    'Quarkville',
    'Quark bike',
    'I, Zoe Quark, agree',
    'Thanks',
    '1777-07-07',
  ]
  for (const mark of marks) expect(kept).toContain(mark)
  const before = await everything()
  for (const mark of marks) expect(before).toContain(mark)
  expect(await erase('quark-member')).toMatch(/^erased-/)
  expect(await everything()).not.toMatch(/quark|600000077|1777-07-07/i)
})

test('an erased member is gone: a second erasure and an export find nobody, and the id is free again', async () => {
  await house.put({ externalId: 'gone' })
  await erase('gone')
  expect(await erase('gone')).toBeUndefined()
  expect(await house.within((tx) => exportMember(tx, 'gone'))).toBeUndefined()
  await house.put({ externalId: 'gone', locale: 'es' })
  expect(await house.member('gone')).toMatchObject({ locale: 'es', consents: [] })
})

test('journeys at rest end and are balanced, one that a walk carries is marked, and nothing unsent leaves', async () => {
  await house.put({ externalId: 'walker' })
  const resting = await ledger.message({ member: 'walker', status: 'sent' })
  const carried = await ledger.message({ member: 'walker', status: 'pending', state: 'active' })
  await house.rows('update enrollment set walk = 7 where id = $1', [carried.enrollment])
  await erase('walker')
  const journeys = await house.rows(
    'select id, state, mark, reason, entry from enrollment where id in ($1, $2) order by id',
    [resting.enrollment, carried.enrollment],
  )
  expect(journeys).toEqual([
    { id: resting.enrollment, state: 'ended', mark: null, reason: { code: 'erased' }, entry: null },
    { id: carried.enrollment, state: 'active', mark: { code: 'erased' }, reason: null, entry: null },
  ])
  const [message] = await house.rows('select status, reason, "to" from message where id = $1', [carried.id])
  expect(message).toEqual({ status: 'failed', reason: { code: 'erased' }, to: null })
  const left = await house.rows<{ n: number }>(
    `select n from tally where what = 'left' and node = 'congrats'`,
  )
  expect(left.reduce((sum, { n }) => sum + n, 0)).toBe(2) // this journey and the one of the first test
})

test('what happened is still told in whole sentences afterwards', async () => {
  await house.put({ externalId: 'told' })
  const { id, enrollment } = await ledger.message({ member: 'told', status: 'failed' })
  await house.rows(
    `update message set reason = '{"code": "rejected", "args": {"channel": "email", "words": "told"}}' where id = $1`,
    [id],
  )
  await house.rows(
    `insert into step (workspace, period, enrollment, node, at, outcome, code, args)
     values ($1, date_trunc('month', now()), $2, 'congrats', now(), 'sent', 'hop', '{"hop": 0, "channel": "email"}')`,
    [house.workspace, enrollment],
  )
  await erase('told')
  const args = { channel: 'email' }
  expect(await house.rows('select code, args from step where enrollment = $1', [enrollment])).toEqual([
    { code: 'hop', args },
  ])
  expect(await house.rows('select reason from message where id = $1', [id])).toEqual([
    { reason: { code: 'rejected', args } },
  ])
})

test('a suppression outlives the erasure and meets the address when it comes back', async () => {
  await house.put({ externalId: 'bounced', email: 'Dead@x.example' })
  const sent = await ledger.message({ member: 'bounced', to: 'Dead@x.example' })
  const bounce = {
    key: 'b-1',
    message: sent.id,
    transport: null,
    providerId: null,
    kind: 'bounced',
    data: { hard: true },
  } as const
  await house.within((tx) => recordReceipts(tx, house.desk, [{ ...bounce, at: new Date() }]))
  await erase('bounced')
  await house.put({ externalId: 'again', email: 'dead@x.example' })
  const met =
    await house.rows(`select s.reason from member m join address a on a.member = m.id join suppression s on s.digest = a.digest
    where m.external_id = 'again'`)
  expect(met).toEqual([{ reason: 'hard-bounce' }])
})

test('a call that waits for its next try is never made, and those that were made keep their step and answer alone', async () => {
  await house.put({ externalId: 'caller' })
  const { enrollment } = await ledger.message({ member: 'caller', status: 'sent' })
  await house.rows(
    `insert into webhook_call (workspace, flow, enrollment, node, member, status, response, retry_at, reason, ended_at)
     select $1, e.flow, e.id, v.node, e.member, status, 503, v.retry_at, '{"code": "call-failed", "args": {"fault": "Zoe"}}', v.ended_at
     from enrollment e, (values ('first', 'done', null::timestamptz, now()), ('second', 'pending', now(), null)) v(node, status, retry_at, ended_at)
     where e.id = $2`,
    [house.workspace, enrollment],
  )
  await erase('caller')
  const calls = `select node, status, response, retry_at, reason, ended_at is not null ended from webhook_call
    where enrollment = $1 order by node`
  const after = { response: 503, retry_at: null, ended: true }
  expect(await house.rows(calls, [enrollment])).toEqual([
    { ...after, node: 'first', status: 'done', reason: { code: 'call-failed' } },
    { ...after, node: 'second', status: 'failed', reason: { code: 'erased' } },
  ])
})
