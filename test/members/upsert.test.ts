import { afterAll, beforeAll, expect, test } from 'vitest'
import { memberChange } from '../../db/member-change.ts'
import { ensureMembers } from '../../db/members.ts'
import { openHouse, type House } from './house.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

test('what is left out of a change stays as it was, and null clears it', async () => {
  await house.put({
    externalId: 'a',
    email: 'a@x.example',
    phone: '+34600000001',
    locale: 'es',
    timeZone: 'Europe/Madrid',
  })
  await house.put({ externalId: 'a', locale: null, phone: null })
  const member = await house.member('a')
  expect(member).toMatchObject({ email: 'a@x.example', phone: null, locale: null, timeZone: 'Europe/Madrid' })
})

test('attributes merge by their top-level key; a null takes one key away and leaves the others', async () => {
  await house.put({
    externalId: 'b',
    attributes: { name: 'Bea', address: { city: 'Vigo', street: 'Sol' }, tier: 'gold' },
  })
  await house.put({ externalId: 'b', attributes: { address: { city: 'Lugo' }, tier: null } })
  expect((await house.member('b'))?.attributes).toEqual({ name: 'Bea', address: { city: 'Lugo' } })
  await house.put({ externalId: 'b', attributes: null })
  expect((await house.member('b'))?.attributes).toEqual({})
})

test('several changes of one member in one array are applied in their order', async () => {
  const changes = [
    { externalId: 'c', email: 'old@x.example', attributes: { a: 1, b: 1 } },
    { externalId: 'c', attributes: null },
    { externalId: 'c', email: 'new@x.example', attributes: { b: null, c: 3 } },
    { externalId: 'c', attributes: { b: 2 } },
  ]
  expect(await house.put(...changes)).toBe(1)
  expect(await house.member('c')).toMatchObject({ email: 'new@x.example', attributes: { b: 2, c: 3 } })
})

test('a new address takes the place of the old one', async () => {
  await house.put({ externalId: 'd', email: 'one@x.example', phone: '+34600000002' })
  await house.put({ externalId: 'd', email: 'two@x.example' })
  const rows = await house.rows(`select kind, value from address a join member m on m.id = a.member
    where m.external_id = 'd' order by kind`)
  expect(rows).toEqual([
    { kind: 'email', value: 'two@x.example' },
    { kind: 'phone', value: '+34600000002' },
  ])
})

test('a change of preferred channels is logged with what was before; the same order again is not', async () => {
  await house.put({ externalId: 'e', preferredChannels: ['email'] })
  await house.put({ externalId: 'e', preferredChannels: ['sms', 'email', 'sms'] })
  await house.put({ externalId: 'e', preferredChannels: ['sms', 'email'] })
  await house.put({ externalId: 'e', preferredChannels: null })
  const rows =
    await house.rows(`select before, after, source from preference_change p join member m on m.id = p.member
    where m.external_id = 'e' order by p.id`)
  expect(rows).toEqual([
    { before: [], after: ['email'], source: 'api' },
    { before: ['email'], after: ['sms', 'email'], source: 'api' },
    { before: ['sms', 'email'], after: [], source: 'api' },
  ])
})

test('an array with one impossible member stores none of them', async () => {
  const huge = Object.fromEntries(Array.from({ length: 6 }, (_, i) => [`k${i}`, noise(i, 45_000)]))
  const parts = Object.entries(huge).map(([key, value]) => ({
    externalId: 'f',
    attributes: { [key]: value },
  }))
  await expect(house.put({ externalId: 'f-other' }, ...parts)).rejects.toThrow('not valid')
  expect(await house.member('f')).toBeUndefined()
  expect(await house.member('f-other')).toBeUndefined()
})

test('a hundred changes of one member at once all arrive', async () => {
  const changes = Array.from({ length: 100 }, (_, i) => ({ externalId: 'g', attributes: { [`key${i}`]: i } }))
  await Promise.all(changes.map((change) => house.put(change)))
  const member = await house.member('g')
  expect(Object.keys(member?.attributes ?? {})).toHaveLength(100)
  expect(await house.rows(`select from member where external_id = 'g'`)).toHaveLength(1)
})

test('arrays with the same new members in opposite orders do not block each other', async () => {
  const ids = Array.from({ length: 50 }, (_, i) => `h${i}`)
  const up = ids.map((externalId) => ({ externalId, attributes: { up: true } }))
  const down = ids.toReversed().map((externalId) => ({ externalId, attributes: { down: true } }))
  await Promise.all([up, down, up, down].map((members) => house.put(...members)))
  expect((await house.member('h7'))?.attributes).toEqual({ up: true, down: true })
})

test('an unknown member of an event becomes a bare member, once, and keeps their id', async () => {
  const first = await house.within((tx) => ensureMembers(tx, ['i', 'j', 'i']))
  const again = await house.within((tx) => ensureMembers(tx, ['j', 'k']))
  expect([...first.keys()].toSorted()).toEqual(['i', 'j'])
  expect(again.get('j')).toBe(first.get('j'))
})

test('names of Object.prototype are attribute keys like any other', async () => {
  await house.put({ externalId: 'l', attributes: { constructor: 'x', toString: 'y' } })
  await house.put({ externalId: 'l', attributes: { toString: null } })
  expect((await house.member('l'))?.attributes).toEqual({ constructor: 'x' })
})

test.each([
  ['two addresses in one', { email: 'a@x.example, b@x.example' }],
  ['a header in the address', { email: 'a@x.example\r\nBcc: b@x.example' }],
  ['a line break after the address', { email: 'a@x.example\n' }],
  ['a name around the address', { email: 'Ana <a@x.example>' }],
  ['a phone without its country', { phone: '600000001' }],
  ['a phone nobody can have', { phone: '+34123' }],
  ['a zone that is none', { timeZone: 'Mars/Olympus' }],
  ['an offset for a zone', { timeZone: '+02:00' }],
  ['a locale that is none', { locale: 'not a locale' }],
  ['a channel that is none', { preferredChannels: ['pigeon'] }],
  ['a control character in the id', { externalId: 'a\u0000b' }],
  [
    'a hundred thousand attributes',
    { attributes: Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`k${i}`, 1])) },
  ],
  ['a property that does not exist', { emial: 'a@x.example' }],
  [
    'a consent before the epoch',
    { consents: [{ topic: 't', channel: 'sms', state: 'granted', source: 's', at: '0000-01-01T00:00:00Z' }] },
  ],
])('%s is refused', (_, fields) => {
  expect(memberChange.safeParse({ externalId: 'm', ...fields }).success).toBe(false)
})

test("Mexico's old mobile numbers lose their 1", () => {
  expect(memberChange.parse({ externalId: 'm', phone: '+5215512345678' }).phone).toBe('+525512345678')
})

/** Text that does not compress: letters from a linear congruential generator. */
function noise(seed: number, length: number): string {
  let state = seed + 1
  const next = () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return String.fromCharCode(33 + ((state >>> 16) % 90))
  }
  return Array.from({ length }, next).join('').replaceAll(/["\\]/g, 'x')
}
