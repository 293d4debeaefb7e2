import { afterAll, beforeAll, expect, test } from 'vitest'
import { matchEarlyReceipts, recordReceipts, takeReceipts, type Receipt } from '../../db/receipts.ts'
import { openHouse, type House } from '../members/house.ts'
import { openLedger, type Ledger } from '../members/ledger.ts'

let house: House
let ledger: Ledger
beforeAll(async () => {
  house = await openHouse()
  ledger = await openLedger(house)
  await house.put({ externalId: 'm', email: 'm@x.example', phone: '+34600000001' })
})
afterAll(() => house.close())

let keys = 0
function receipt(of: Partial<Receipt> & Pick<Receipt, 'kind'>): Receipt {
  return {
    key: `key-${++keys}`,
    message: null,
    transport: null,
    providerId: null,
    at: new Date(Date.now() - 1_000),
    data: null,
    ...of,
  }
}

const record = (...receipts: Receipt[]) => house.within((tx) => recordReceipts(tx, house.desk, receipts))

async function ledgerRow(id: number) {
  const [row] = await house.rows<Record<string, unknown>>('select * from message where id = $1', [id])
  return row
}

test('a status only moves up, whatever order receipts come in', async () => {
  const { id } = await ledger.message({ member: 'm' })
  await record(receipt({ message: id, kind: 'read' }))
  await record(receipt({ message: id, kind: 'delivered' }), receipt({ message: id, kind: 'failed' }))
  expect(await ledgerRow(id)).toMatchObject({ status: 'read', reason: null })
  expect((await ledgerRow(id))?.['delivered_at']).toBeInstanceOf(Date)
})

test('opens and clicks are times beside the status; the first counts', async () => {
  const { id } = await ledger.message({ member: 'm' })
  const [first, second] = [new Date('2026-03-03T12:00:00Z'), new Date('2026-03-03T13:00:00Z')]
  await record(
    receipt({ message: id, kind: 'opened', at: second }),
    receipt({ message: id, kind: 'clicked', at: second }),
  )
  await record(receipt({ message: id, kind: 'opened', at: first }))
  expect(await ledgerRow(id)).toMatchObject({ status: 'sent', opened_at: first, clicked_at: second })
})

test('a receipt that is delivered again is stored and acted on once', async () => {
  const { id } = await ledger.message({ member: 'm' })
  const bounce = receipt({ message: id, kind: 'delivered' })
  expect(await record(bounce, bounce)).toMatchObject({ recorded: 1 })
  const again = await Promise.all([record(bounce), record(bounce)])
  expect(again.map(({ recorded }) => recorded)).toEqual([0, 0])
  expect(await house.rows('select from receipt where message = $1', [id])).toHaveLength(1)
})

test('a receipt before its message is known waits for it, and a second delivery finds the first', async () => {
  const early = receipt({
    transport: ledger.transports.get('sms') ?? 0,
    providerId: 'SM1',
    kind: 'delivered',
  })
  expect(await takeReceipts(house.db, { ...house.desk, workspace: house.workspace }, [early])).toBe(1)
  const { id, transport } = await ledger.message({ member: 'm', channel: 'sms', providerId: 'SM1' })
  expect(await ledgerRow(id)).toMatchObject({ status: 'sent' })
  const match = () =>
    house.within((tx) => matchEarlyReceipts(tx, house.desk, { transport, providerIds: ['SM1'] }))
  expect(await match()).toBe(1)
  expect(await match()).toBe(0)
  expect(await ledgerRow(id)).toMatchObject({ status: 'delivered' })
  expect(await record(early)).toMatchObject({ recorded: 0, early: [] })
})

test('a receipt settles a message of unknown outcome', async () => {
  const { id } = await ledger.message({ member: 'm', status: 'unknown' })
  await record(receipt({ message: id, kind: 'clicked' }))
  expect(await ledgerRow(id)).toMatchObject({ status: 'sent', reason: null })
})

test('a member who rests until a receipt of that message is decided on at once; others rest on', async () => {
  const rest = { code: 'hop-clock', awaits: { receipt: true } }
  const waits = await ledger.message({ member: 'm', rest })
  const elsewhere = await ledger.message({ member: 'm', rest: { code: 'wait' } })
  await record(
    receipt({ message: waits.id, kind: 'delivered' }),
    receipt({ message: elsewhere.id, kind: 'delivered' }),
  )
  const due = await house.rows('select id from enrollment where id in ($1, $2) and due_at <= now()', [
    waits.enrollment,
    elsewhere.enrollment,
  ])
  expect(due).toEqual([{ id: waits.enrollment }])
})

test('a hard bounce suppresses the address for everybody who has it and fails what was about to go there', async () => {
  await house.put(
    { externalId: 'twin-1', email: 'twins@x.example' },
    { externalId: 'twin-2', email: 'Twins@x.example' },
  )
  const { id } = await ledger.message({ member: 'twin-1', to: 'twins@x.example' })
  const pending = await ledger.message({ member: 'twin-2', to: 'Twins@x.example', status: 'pending' })
  await record(receipt({ message: id, kind: 'bounced', data: { hard: true } }))
  expect(await ledgerRow(id)).toMatchObject({ status: 'failed', reason: { code: 'bounced' } })
  expect(await ledgerRow(pending.id)).toMatchObject({
    status: 'failed',
    reason: { code: 'suppressed', args: { why: 'hard-bounce' } },
  })
})

test('a soft bounce suppresses nothing', async () => {
  await house.put({ externalId: 'soft', email: 'soft@x.example' })
  const { id } = await ledger.message({ member: 'soft' })
  await record(receipt({ message: id, kind: 'bounced', data: { hard: false } }))
  const found = await house.rows(
    `select from suppression s join address a on a.digest = s.digest where a.value = 'soft@x.example'`,
  )
  expect(found).toHaveLength(0)
})

test('a complaint suppresses the address and is a STOP on the channel', async () => {
  await house.put({ externalId: 'angry', email: 'angry@x.example' })
  const { id } = await ledger.message({ member: 'angry' })
  await record(receipt({ message: id, kind: 'complained' }))
  expect((await house.member('angry'))?.consents).toMatchObject([
    { topic: '*', channel: 'email', state: 'revoked', source: 'complaint' },
  ])
})

test('a reply of STOP is a revocation with its wording, START takes it back, other words change nothing', async () => {
  await house.put({ externalId: 'texter', phone: '+34600000002' })
  const { id } = await ledger.message({ member: 'texter', channel: 'sms' })
  const reply = (text: string) => record(receipt({ message: id, kind: 'replied', data: { text } }))
  await reply('¿Quién es?')
  expect((await house.member('texter'))?.consents).toEqual([])
  await reply('¡Baja!')
  expect((await house.member('texter'))?.consents).toMatchObject([
    { topic: '*', channel: 'sms', state: 'revoked' },
  ])
  await reply('START')
  expect((await house.member('texter'))?.consents).toMatchObject([
    { topic: '*', channel: 'sms', state: 'granted' },
  ])
  const words = await house.rows(
    `select wording from consent c join member m on m.id = c.member where external_id = 'texter' order by c.id`,
  )
  expect(words).toEqual([{ wording: '¡Baja!' }, { wording: 'START' }])
})

test("a provider's clock that runs ahead is held back", async () => {
  const { id } = await ledger.message({ member: 'm' })
  const ahead = receipt({ message: id, kind: 'delivered', at: new Date('2199-01-01T00:00:00Z') })
  await record(ahead)
  expect(await house.rows('select from receipt where key = $1 and at <= now()', [ahead.key])).toHaveLength(1)
})
