import { afterAll, beforeAll, expect, test } from 'vitest'
import { readFlow } from '../../db/flows.ts'
import { beginLaunch } from '../../db/launches.ts'
import { whyNotIn } from '../../db/why.ts'
import { say } from '../../flow/words.ts'
import { drawing, waitFor } from '../engine/drawing.ts'
import { somebody } from '../engine/people.ts'
import { openWorld, type World } from '../engine/world.ts'
import { triggering } from './triggering.ts'

const MADRID = { zone: 'Europe/Madrid', locale: 'en-GB' }
const GOLD = { field: 'member.tier', op: 'eq', value: 'gold' } as const

let world: World
let triggers: ReturnType<typeof triggering>
beforeAll(async () => {
  world = await openWorld()
  triggers = triggering(world)
  await world.settings({ timeZone: MADRID.zone })
})
afterAll(() => world.close())

async function member(attributes: object): Promise<string> {
  const one = somebody({ attributes })
  await world.put(one)
  return one.externalId
}

const flowOn = (on: object, label?: string) => {
  const document = drawing({ pause: waitFor('P1D') }, { on })
  const start = { ...document.nodes['start'], ...(label && { label }) }
  return world.publish({ ...document, nodes: { ...document.nodes, start } } as typeof document) // a label more
}

async function why(flow: number, externalId: string): Promise<string> {
  const [row] = await world.rows<{ id: number }>('select id from member where external_id = $1', [externalId])
  return world.within(async (tx) => {
    const reason = await whyNotIn(tx, world.desk.memory, {
      flow: await readFlow(tx, flow),
      member: row?.id ?? 0,
    })
    return say(reason, MADRID)
  })
}

test('an event that did not match is told with the fact that kept them out', async () => {
  const silver = await member({})
  const flow = await flowOn({ event: 'Won', where: { field: 'event.prize.tier', op: 'eq', value: 'grand' } })
  expect(await why(flow, silver)).toBe('Not in it: no *Won* was received for them.')
  await world.post('Won', silver, { data: { prize: { tier: 'silver' } } })
  expect(await why(flow, silver)).toBe(
    'Not in it: their *Won* did not match what the trigger asks for (prize tier was *silver*).',
  )
})

test('an event that would match by now says so', async () => {
  const ana = await member({ tier: 'silver' })
  const flow = await flowOn({ event: 'Asked', where: GOLD })
  await world.post('Asked', ana)
  await world.put({ externalId: ana, attributes: { tier: 'gold' } })
  expect(await why(flow, ana)).toBe('Not in it: their *Asked* did not match when it came; it would now.')
})

test('a schedule tells who is not in its audience why, and the others when it runs next', async () => {
  const flow = await flowOn(
    { schedule: { cron: '0 9 24 12 *', timeZone: 'Europe/Madrid' }, audience: GOLD },
    'Gold members',
  )
  expect(await why(flow, await member({ tier: 'silver' }))).toBe(
    'Not in it: not in *Gold members* (tier was *silver*).',
  )
  expect(await why(flow, await member({ tier: 'gold' }))).toBe(
    'Not in it: the next run is at 09:00 on 24 December in Madrid.',
  )
})

test('an audience entry tells who was there already from those whose turn comes within a minute', async () => {
  const early = await member({ tier: 'gold' })
  const flow = await flowOn({ enters: GOLD }, 'Gold members')
  expect(await why(flow, await member({}))).toBe('Not in it: not in *Gold members* (tier was missing).')
  expect(await why(flow, early)).toBe(
    'Not in it: they were in *Gold members* when it was published, and only those who come into it later enter.',
  )
  expect(await why(flow, await member({ tier: 'gold' }))).toBe(
    'Not in it yet: they enter when their turn is looked at next, within a minute.',
  )
})

test('a date tells when it brings them in, or that there is none', async () => {
  const flow = await flowOn({ date: { attribute: 'birthday', offset: '-P3D' } })
  expect(await why(flow, await member({}))).toBe('Not in it: no date in *birthday*.')
  expect(await why(flow, await member({ birthday: '1990-12-25' }))).toBe(
    'Not in it: *birthday* brings them in at 09:00 on 22 December in Madrid.',
  )
  const once = await flowOn({ date: { attribute: 'renewal', repeat: 'never' } })
  expect(await why(once, await member({ renewal: '2020-01-01' }))).toBe(
    'Not in it: the date in *renewal* has passed and does not return.',
  )
})

test('a flow that is launched tells who was not in the audience of the last launch', async () => {
  const [silver, gold] = [await member({ tier: 'silver' }), await member({ tier: 'gold' })]
  const flow = await flowOn({ launch: true })
  expect(await why(flow, silver)).toBe('Not in it: it was never launched for them.')
  await world.within((tx) => beginLaunch(tx, { flow, of: { audience: GOLD }, author: 'test' }))
  await triggers.launchAll()
  expect(await why(flow, silver)).toBe(
    'Not in it: not in the audience of its last launch (tier was *silver*).',
  )
  const [entered] = await world.rows(
    'select id from enrollment e where flow = $1 and member = (select id from member where external_id = $2)',
    [flow, gold],
  )
  expect(entered).toBeDefined()
})
