import { afterAll, beforeAll, expect, test } from 'vitest'
import { recordConsents, type ConsentChange } from '../../db/consents.ts'
import { ensureMembers } from '../../db/members.ts'
import { openHouse, type House } from './house.ts'
import { openLedger, type Ledger } from './ledger.ts'

let house: House
let ledger: Ledger
beforeAll(async () => {
  house = await openHouse()
  ledger = await openLedger(house)
})
afterAll(() => house.close())

const NOON = '2026-03-03T12:00:00.000Z'
const LATER = '2026-03-03T12:00:00.001Z'
const granted = { topic: 'prizes', channel: 'email', state: 'granted', source: 'form' } as const
const revoked = { ...granted, state: 'revoked', source: 'link' } as const

async function stateAfter(externalId: string, ...consents: unknown[]) {
  for (const consent of consents) await house.put({ externalId, consents: [consent] })
  return (await house.member(externalId))?.consents
}

test('the newest consent wins, in whatever order they come', async () => {
  const later = { ...revoked, at: LATER }
  const earlier = { ...granted, at: NOON }
  expect(await stateAfter('newest-1', earlier, later)).toMatchObject([{ state: 'revoked', at: LATER }])
  expect(await stateAfter('newest-2', later, earlier)).toMatchObject([{ state: 'revoked', at: LATER }])
})

test('at the same instant revoked wins, in whatever order they come, also inside one array', async () => {
  const yes = { ...granted, at: NOON }
  const no = { ...revoked, at: NOON }
  expect(await stateAfter('tie-1', yes, no)).toMatchObject([{ state: 'revoked' }])
  expect(await stateAfter('tie-2', no, yes)).toMatchObject([{ state: 'revoked' }])
  await house.put({ externalId: 'tie-3', consents: [yes, no] }, { externalId: 'tie-3', consents: [yes] })
  expect((await house.member('tie-3'))?.consents).toMatchObject([{ state: 'revoked' }])
})

test('what a member says now beats what was recorded for a later day', async () => {
  const future = { ...granted, at: '2100-01-01T00:00:00.000Z' }
  expect(await stateAfter('now', future, revoked)).toMatchObject([{ state: 'revoked' }])
  expect(await stateAfter('now', granted)).toMatchObject([{ state: 'granted' }])
})

test('every consent stays in the ledger with its source and wording', async () => {
  await stateAfter('kept', { ...granted, at: LATER, wording: 'Yes, write to me' }, { ...revoked, at: NOON })
  const rows = await house.rows(`select state, source, wording from consent c join member m on m.id = c.member
    where m.external_id = 'kept' order by c.id`)
  expect(rows).toEqual([
    { state: 'granted', source: 'form', wording: 'Yes, write to me' },
    { state: 'revoked', source: 'link', wording: null },
  ])
})

async function statusOf(id: number) {
  const [row] = await house.rows('select status, reason from message where id = $1', [id])
  return row
}

test('an opt-out fails the unsent marketing messages of its topic and channel, and no others', async () => {
  await house.put(
    { externalId: 'out', email: 'out@x.example', consents: [{ ...granted, at: NOON }] },
    { externalId: 'other' },
  )
  const pending = await ledger.message({ member: 'out', status: 'pending' })
  const sms = await ledger.message({ member: 'out', status: 'pending', channel: 'sms' })
  const account = await ledger.message({ member: 'out', status: 'pending', purpose: 'transactional' })
  const sending = await ledger.message({ member: 'out', status: 'sending' })
  const stranger = await ledger.message({ member: 'other', status: 'pending' })
  await house.put({ externalId: 'out', consents: [{ ...revoked, topic: 'games' }] })
  expect(await statusOf(pending.id)).toMatchObject({ status: 'pending' })
  await house.put({ externalId: 'out', consents: [{ ...revoked, at: LATER }] })
  expect(await statusOf(pending.id)).toEqual({
    status: 'failed',
    reason: {
      code: 'consent-revoked',
      args: { topic: 'prizes', channel: 'email', source: 'link', at: Date.parse(LATER) },
    },
  })
  for (const other of [sms, account, stranger])
    expect(await statusOf(other.id)).toMatchObject({ status: 'pending' })
  expect(await statusOf(sending.id)).toMatchObject({ status: 'sending' })
})

test('a STOP fails everything unsent on that channel, also transactional messages', async () => {
  await house.put({ externalId: 'stop' })
  const sms = await ledger.message({
    member: 'stop',
    status: 'pending',
    channel: 'sms',
    purpose: 'transactional',
  })
  const email = await ledger.message({ member: 'stop', status: 'pending' })
  await house.put({ externalId: 'stop', consents: [{ ...revoked, topic: '*', channel: 'sms' }] })
  expect(await statusOf(sms.id)).toMatchObject({ status: 'failed', reason: { code: 'stopped' } })
  expect(await statusOf(email.id)).toMatchObject({ status: 'pending' })
})

test('an opt-out that is older than the consent it meets stops nothing', async () => {
  await house.put({ externalId: 'old', consents: [{ ...granted, at: LATER }] })
  const pending = await ledger.message({ member: 'old', status: 'pending' })
  await house.put({ externalId: 'old', consents: [{ ...revoked, at: NOON }] })
  expect(await statusOf(pending.id)).toMatchObject({ status: 'pending' })
})

test('a member who rests until a retry is decided on at once when its message may no longer leave', async () => {
  await house.put({ externalId: 'retry' })
  const { enrollment } = await ledger.message({ member: 'retry', status: 'pending', rest: { code: 'retry' } })
  await house.put({ externalId: 'retry', consents: [revoked] })
  expect(
    await house.rows('select from enrollment where id = $1 and due_at <= now()', [enrollment]),
  ).toHaveLength(1)
})

test('topics come into being by use until the settings close the list; then a new one stores nothing', async () => {
  await house.put({ externalId: 'topics', consents: [{ ...granted, topic: 'fresh' }] })
  await house.rows(`insert into settings (workspace, body) values ($1, '{"topicsClosed": true}')`, [
    house.workspace,
  ])
  await house.put({ externalId: 'topics', consents: [revoked, { ...revoked, topic: '*' }] })
  const change = house.put({ externalId: 'nobody-yet', consents: [{ ...granted, topic: 'typo' }] })
  await expect(change).rejects.toMatchObject({ kind: 'invalid', issues: [{ code: 'unknown-topic' }] })
  expect(await house.member('nobody-yet')).toBeUndefined()
  await house.rows('delete from settings')
})

test('consents of one member that are written at the same time end as if written one after the other', async () => {
  const record = (state: ConsentChange['state']) =>
    house.within(async (tx) => {
      const member = (await ensureMembers(tx, ['race'])).get('race') ?? 0
      await recordConsents(tx, house.desk, [
        { member, topic: 'prizes', channel: 'email', state, source: 'race' },
      ])
    })
  await Promise.all(Array.from({ length: 20 }, (_, i) => record(i % 2 ? 'granted' : 'revoked')))
  const [last] = await house.rows<{
    state: string
  }>(`select c.state from consent c join member m on m.id = c.member
    where m.external_id = 'race' order by c.id desc limit 1`)
  expect((await house.member('race'))?.consents).toMatchObject([{ state: last?.state }])
})
