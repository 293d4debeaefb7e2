import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { ReceiptKind } from '../../flow/receipt.ts'
import { expectBalance } from './balance.ts'
import { drawing, send, waitFor } from './drawing.ts'
import { somebody } from './people.ts'
import { journeysOf, ledgerOf, messagesOf, toldOf, traceOf } from './story.ts'
import { openWorld, type World } from './world.ts'

const CLOCK = { hops: { email: { until: 'delivered', fallbackAfter: 'PT2H' } } }

let world: World
beforeAll(async () => {
  world = await openWorld()
  await world.publish(drawing({ tell: send('fixed', ['email', 'sms'], CLOCK), rest: waitFor('P1D') }))
  await world.publish(
    drawing({ tell: send('all', ['email', 'sms', 'push']) }, { on: { event: 'Everywhere' } }),
  )
  await world.publish(
    drawing(
      {
        tell: send('fixed', ['email']),
        again: send('different', ['email', 'sms'], { differentFrom: 'tell' }),
      },
      { on: { event: 'Twice' } },
    ),
  )
})
afterEach(() => expectBalance(world))
afterAll(() => world.close())

/** A member to whom the event just happened, and who was carried as far as they go. */
async function after(event: string, change: object = {}): Promise<string> {
  const member = somebody(change)
  await world.put(member)
  await world.post(event, member.externalId)
  await world.carry()
  return member.externalId
}

async function reported(member: string, kind: ReceiptKind, data = {}): Promise<void> {
  const first = (await messagesOf(world, member)).at(0)
  await world.report(first?.id ?? 0, kind, data)
  await world.carry()
}

test('a mail that is not delivered in time is followed by an SMS', async () => {
  const ana = await after('Won')
  await world.later('PT119M')
  expect(await ledgerOf(world, ana)).toEqual(['tell email sent'])
  await world.later('PT1M')
  expect(await ledgerOf(world, ana)).toEqual(['tell email sent', 'tell sms sent'])
  expect((await traceOf(world, ana)).slice(1, 5)).toEqual([
    'tell sent hop',
    'tell resting hop-clock',
    'tell sent hop',
    'tell next reached',
  ])
})

test('a mail that is delivered in time takes next at once', async () => {
  const ana = await after('Won')
  await reported(ana, 'delivered')
  expect(await journeysOf(world, ana)).toMatchObject([{ node: 'rest', state: 'resting', code: 'wait' }])
  await world.later('PT3H')
  expect(await ledgerOf(world, ana)).toEqual(['tell email delivered'])
})

test('a click proves delivery', async () => {
  const ana = await after('Won')
  await reported(ana, 'clicked')
  expect(await journeysOf(world, ana)).toMatchObject([{ node: 'rest' }])
})

test('an open of a mail does not: programs open mails by themselves', async () => {
  const ana = await after('Won')
  await reported(ana, 'opened')
  expect(await journeysOf(world, ana)).toMatchObject([{ node: 'tell', state: 'resting', code: 'hop-clock' }])
})

test('a delivery that is reported after the clock ran out is written down and changes no route', async () => {
  const ana = await after('Won')
  await world.later('PT2H')
  await reported(ana, 'delivered')
  expect(await ledgerOf(world, ana)).toEqual(['tell email delivered', 'tell sms sent'])
  expect(await journeysOf(world, ana)).toMatchObject([{ node: 'rest', state: 'resting' }])
})

test('a mail that bounces before the clock has run out is followed by an SMS at once', async () => {
  const ana = await after('Won')
  await reported(ana, 'bounced', { hard: true })
  expect(await ledgerOf(world, ana)).toEqual(['tell email failed', 'tell sms sent'])
  expect(await toldOf(world, ana)).toContain(
    'tell: Going out by SMS: email was tried first, but it came back (the address is dead).',
  )
})

test('a mail that is refused by the provider is followed by an SMS at once', async () => {
  const ana = await after('Won', { email: 'sim-content@members.example' })
  expect(await ledgerOf(world, ana)).toEqual(['tell email failed', 'tell sms sent'])
})

test('a mail of unknown outcome counts as perhaps received: no SMS follows, the journey goes on', async () => {
  const ana = await after('Won', { email: 'sim-unknown@members.example' })
  expect(await ledgerOf(world, ana)).toEqual(['tell email unknown'])
  expect(await journeysOf(world, ana)).toMatchObject([{ node: 'rest' }])
  await world.later('PT3H')
  expect(await ledgerOf(world, ana)).toEqual(['tell email unknown'])
})

test('no clock runs for a member whom no other channel reaches', async () => {
  const ana = await after('Won', { phone: null })
  expect(await journeysOf(world, ana)).toMatchObject([{ node: 'rest', state: 'resting', code: 'wait' }])
})

test('who lost the last other channel while the clock ran goes on when it has run out', async () => {
  const ana = await after('Won')
  await world.put({ externalId: ana, phone: null })
  await world.later('PT2H')
  expect(await ledgerOf(world, ana)).toEqual(['tell email sent'])
  expect(await journeysOf(world, ana)).toMatchObject([{ node: 'rest', state: 'resting' }])
})

test('when every channel was refused or rejected the journey takes the failed exit', async () => {
  const ana = await after('Won', { email: 'sim-content@members.example', phone: '+15005550015' })
  expect(await ledgerOf(world, ana)).toEqual(['tell email failed', 'tell sms failed'])
  expect((await traceOf(world, ana)).at(-1)).toBe('tell failed all-failed')
  const bob = await after('Won', { email: null, phone: null })
  expect(await ledgerOf(world, bob)).toEqual([])
  expect((await toldOf(world, bob)).at(-1)).toBe(
    'tell: Nothing to reach them by: no email address, no phone number.',
  )
})

test('a provider that is out of reach is tried again, later and later, and then the next channel', async () => {
  const ana = await after('Won', { email: 'sim-not-sent@members.example' })
  expect(await journeysOf(world, ana)).toMatchObject([{ node: 'tell', state: 'resting', code: 'retry' }])
  for (const wait of ['PT1S', 'PT5S', 'PT30S', 'PT2M']) {
    await world.later(wait)
    expect(await ledgerOf(world, ana)).toEqual(['tell email pending'])
  }
  await world.later('PT10M')
  expect(await ledgerOf(world, ana)).toEqual(['tell email failed', 'tell sms sent'])
})

test('a mailbox that is full for good is not tried again: the next channel has its turn', async () => {
  const ana = await after('Won', { email: 'sim-unavailable@members.example' })
  expect(await ledgerOf(world, ana)).toEqual(['tell email failed', 'tell sms sent'])
})

test('all: one message on each channel that may be used, at once', async () => {
  const ana = await after('Everywhere')
  expect(await ledgerOf(world, ana)).toEqual(['tell email sent', 'tell sms sent'])
  expect((await journeysOf(world, ana))[0]?.steps[1]?.candidates).toContainEqual({
    channel: 'push',
    refused: { code: 'no-address', args: { channel: 'push' } },
  })
})

test('all: one channel that is tried again keeps the journey, not the other channels', async () => {
  const ana = await after('Everywhere', { email: 'sim-rate-limited@members.example' })
  expect(await ledgerOf(world, ana)).toEqual(['tell email pending', 'tell sms sent'])
  expect(await journeysOf(world, ana)).toMatchObject([{ state: 'resting', code: 'retry' }])
  for (let tries = 0; tries < 5; tries += 1) await world.later('PT10M')
  expect(await ledgerOf(world, ana)).toEqual(['tell email failed', 'tell sms sent'])
  expect(await journeysOf(world, ana)).toMatchObject([{ state: 'ended', code: 'end' }])
})

test('different: the second message goes by another channel than the first', async () => {
  expect(await ledgerOf(world, await after('Twice'))).toEqual(['tell email sent', 'again sms sent'])
})
