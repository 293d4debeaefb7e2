import { readFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { flowDocumentSchema } from '../../flow/document.ts'
import { expectBalance } from './balance.ts'
import { granted } from './people.ts'
import { journeysOf, ledgerOf, toldOf, traceOf } from './story.ts'
import { openWorld, type World } from './world.ts'

const example = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../examples/${name}`, import.meta.url), 'utf8'))

let world: World
beforeAll(async () => {
  world = await openWorld()
  await world.template('campaign_winner', Object(example('campaign_winner.template.json')))
  await world.publish(flowDocumentSchema.parse(example('winner-congrats.flow.json')))
})
afterEach(() => expectBalance(world))
afterAll(() => world.close())

let ana: string
let count = 0
beforeEach(async () => {
  ana = `ana-${++count}`
  await world.put({
    externalId: ana,
    email: `${ana}@members.example`,
    phone: '+34600000001',
    locale: 'es',
    attributes: { name: 'Ana' },
    preferredChannels: ['email'],
    consents: granted('email', 'sms'),
  })
})

const win = (member: string, tier = 'grand') =>
  world.post('CampaignGameWon', member, { data: { prize: { name: 'Bicycle', code: 'BIKE-77', tier } } })

test('the winner gets a mail at once, and two days later a reminder by SMS', async () => {
  await win(ana)
  await world.carry()
  expect(await ledgerOf(world, ana)).toEqual(['congrats email sent'])
  await world.later('PT47H')
  expect(await ledgerOf(world, ana)).toEqual(['congrats email sent'])
  await world.later('PT1H')
  expect(await ledgerOf(world, ana)).toEqual(['congrats email sent', 'remind sms sent'])
})

test('who redeems the prize within the two days gets no reminder', async () => {
  await win(ana)
  await world.carry()
  await world.post('PrizeRedeemed', ana)
  await world.later('PT48H')
  expect(await ledgerOf(world, ana)).toEqual(['congrats email sent'])
  expect((await traceOf(world, ana)).at(-1)).toBe('redeemed yes condition')
})

test('a prize that was redeemed before this win does not count', async () => {
  await world.post('PrizeRedeemed', ana)
  await win(ana)
  await world.carry()
  await world.later('PT48H')
  expect(await ledgerOf(world, ana)).toContain('remind sms sent')
})

test('who wins a smaller prize leaves at the audience, with the reason in words', async () => {
  await win(ana, 'silver')
  await world.carry()
  expect(await journeysOf(world, ana)).toMatchObject([
    { node: 'grand', state: 'ended', code: 'not-in-audience' },
  ])
  expect((await toldOf(world, ana)).at(-1)).toBe(
    'grand: Left: not in *Grand prize only* (prize tier was *silver*).',
  )
})

test('who closes the account during the two days leaves the wait at once', async () => {
  await win(ana)
  await world.carry()
  await world.post('AccountClosed', ana)
  await world.carry()
  expect(await journeysOf(world, ana)).toMatchObject([
    { node: 'pause', state: 'ended', code: 'exit-criteria' },
  ])
  await world.later('PT48H')
  expect(await ledgerOf(world, ana)).toEqual(['congrats email sent'])
})

test('who closed the account before the win is congratulated', async () => {
  await world.post('AccountClosed', ana)
  await win(ana)
  await world.carry()
  expect(await ledgerOf(world, ana)).toEqual(['congrats email sent'])
})

test('two wins are two journeys; closing the account ends both', async () => {
  await win(ana)
  await win(ana)
  await world.carry()
  await world.post('AccountClosed', ana)
  await world.carry()
  expect((await journeysOf(world, ana)).map((one) => one.code)).toEqual(['exit-criteria', 'exit-criteria'])
})

test('the same win posted twice is one journey', async () => {
  const posted = { id: `win-of-${ana}`, data: { prize: { name: 'Bicycle', code: 'B', tier: 'grand' } } }
  expect(await world.post('CampaignGameWon', ana, posted)).toEqual({ accepted: 1, duplicates: 0 })
  expect(await world.post('CampaignGameWon', ana, posted)).toEqual({ accepted: 0, duplicates: 1 })
  await world.carry()
  expect(await journeysOf(world, ana)).toHaveLength(1)
})

test('a prize without a code is congratulated on no channel that prints it, and the reason names the variable', async () => {
  await world.post('CampaignGameWon', ana, { data: { prize: { name: 'Bicycle', tier: 'grand' } } })
  await world.carry()
  expect(await ledgerOf(world, ana)).toEqual([])
  const [refused] = (await journeysOf(world, ana))[0]?.steps.filter((step) => step.node === 'congrats') ?? []
  expect(refused).toMatchObject({ outcome: 'failed', code: 'unreachable' })
  expect(refused?.candidates).toContainEqual({
    channel: 'email',
    refused: { code: 'variables', args: { channel: 'email', names: ['prize.code'] } },
  })
})

test('the mail is written in the member’s language, with the member’s prize', async () => {
  await win(ana)
  await world.carry()
  const [mail] = await world.rows<{ subject: string; locale: string }>(
    `select subject, locale from message where member = (select id from member where external_id = $1)`,
    [ana],
  )
  expect(mail).toEqual({ subject: '🎉 ¡Has ganado, Ana!', locale: 'es' })
})
