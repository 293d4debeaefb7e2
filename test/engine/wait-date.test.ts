import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { expectBalance } from './balance.ts'
import { drawing, send, wait } from './drawing.ts'
import { somebody } from './people.ts'
import { journeysOf, ledgerOf, toldOf, traceOf } from './story.ts'
import { openWorld, type World } from './world.ts'

const HOUR = 3_600_000
const inHours = (hours: number): string => new Date(Date.now() + hours * HOUR).toISOString()
const renewal = (hours: number) => ({ attributes: { renewal: inHours(hours) } })

let world: World
let flow: number
beforeAll(async () => {
  world = await openWorld()
  flow = await world.publish(
    drawing({ until: wait({ date: 'renewal', offset: '-P1D' }), tell: send('fixed', ['sms']) }),
  )
})
afterEach(() => expectBalance(world))
afterAll(() => world.close())

async function entered(change: object): Promise<string> {
  const member = somebody(change)
  await world.put(member)
  await world.post('Won', member.externalId)
  await world.carry()
  return member.externalId
}

async function dueIn(member: string): Promise<number | undefined> {
  const [row] = await world.rows<{ hours: number }>(
    `select round(extract(epoch from e.due_at - now()) / 3600) hours from enrollment e join member m on m.id = e.member
     where m.external_id = $1 and e.state = 'resting'`,
    [member],
  )
  return row?.hours
}

test('a message leaves so long before the date, not earlier', async () => {
  const ana = await entered(renewal(72))
  await world.later('PT47H')
  expect(await ledgerOf(world, ana)).toEqual([])
  await world.later('PT61M')
  expect(await ledgerOf(world, ana)).toEqual(['tell sms sent'])
})

test('a date that is moved moves the wait with it', async () => {
  const ana = await entered(renewal(72))
  expect(await dueIn(ana)).toBe(48)
  await world.put({ externalId: ana, ...renewal(240) })
  await world.carry()
  expect(await dueIn(ana)).toBe(216)
  await world.put({ externalId: ana, ...renewal(20) })
  await world.carry()
  expect(await ledgerOf(world, ana)).toEqual(['tell sms sent'])
})

test('a date that is taken away ends the wait, with the reason', async () => {
  const ana = await entered(renewal(72))
  await world.put({ externalId: ana, attributes: { renewal: null } })
  await world.carry()
  expect(await traceOf(world, ana)).toContain('until next date-missing')
})

test('another attribute leaves the wait alone, and is not told', async () => {
  const ana = await entered(renewal(72))
  const before = await traceOf(world, ana)
  await world.put({ externalId: ana, attributes: { colour: 'red' } })
  await world.carry()
  expect(await dueIn(ana)).toBe(48)
  expect(await traceOf(world, ana)).toEqual(before)
})

test('who has no date, or one that has passed, is not kept waiting', async () => {
  const [without, past] = [await entered({}), await entered(renewal(-1))]
  expect(await traceOf(world, without)).toContain('until next date-missing')
  expect(await traceOf(world, past)).toContain('until next date-passed')
  expect(await ledgerOf(world, past)).toEqual(['tell sms sent'])
})

test('a day without a time begins at midnight where the member lives, also after they have moved', async () => {
  const ana = await entered({ timeZone: 'Pacific/Kiritimati', attributes: { renewal: '2099-01-02' } })
  expect((await toldOf(world, ana)).at(-1)).toBe('until: Resting until 00:00 on 1 January in Kiritimati.')
  await world.put({ externalId: ana, timeZone: 'America/Los_Angeles' })
  await world.carry()
  expect((await toldOf(world, ana)).at(-1)).toBe('until: Resting until 00:00 on 1 January in Los Angeles.')
  expect(await journeysOf(world, ana)).toMatchObject([{ node: 'until', state: 'resting' }])
  expect(flow).toBeGreaterThan(0)
})
