import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { say } from '../../flow/words.ts'
import { expectBalance } from './balance.ts'
import { ALLOW_TWICE, drawing, send } from './drawing.ts'
import { granted, somebody } from './people.ts'
import { journeysOf, ledgerOf, messagesOf } from './story.ts'
import { openWorld, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
  await world.publish(drawing({ tell: send('fixed', ['email', 'sms']) }, { settings: ALLOW_TWICE }))
})
afterEach(() => expectBalance(world))
afterAll(() => world.close())

async function told(member: string): Promise<string[]> {
  await world.post('Won', member)
  await world.carry()
  const steps = (await journeysOf(world, member)).at(-1)?.steps ?? []
  const candidates = steps.flatMap((step) => step.candidates ?? [])
  return candidates.flatMap(({ refused }) => (refused ? [say(refused)] : []))
}

async function somebodyNew(change: object = {}): Promise<string> {
  const member = somebody(change)
  await world.put(member)
  return member.externalId
}

test('who never allowed anything is sent nothing, and is told so for each channel', async () => {
  const ana = await somebodyNew({ consents: [] })
  expect(await told(ana)).toEqual([
    'Not sent by email: no consent for *prizes* by email.',
    'Not sent by SMS: no consent for *prizes* by SMS.',
  ])
  expect(await ledgerOf(world, ana)).toEqual([])
})

test('who answers STOP to an SMS is sent none any more; START allows them again', async () => {
  const ana = await somebodyNew({ consents: granted('sms') })
  await told(ana)
  const [sms] = await messagesOf(world, ana)
  await world.report(sms?.id ?? 0, 'replied', { text: 'Stop.' })
  expect((await told(ana)).at(-1)).toMatch(
    /^Not sent by SMS: they opted out of this channel on .* \(replied STOP\)\.$/,
  )
  await world.put({
    externalId: ana,
    consents: [{ topic: '*', channel: 'sms', state: 'granted', source: 'reply-start' }],
  })
  await told(ana)
  expect(await ledgerOf(world, ana)).toEqual(['tell sms sent', 'tell sms sent'])
})

test('who complains about a mail is sent no mail any more, by that address or another', async () => {
  const ana = await somebodyNew({ consents: granted('email') })
  await told(ana)
  const [mail] = await messagesOf(world, ana)
  await world.report(mail?.id ?? 0, 'complained')
  await world.put({ externalId: ana, email: 'another@members.example' })
  expect((await told(ana))[0]).toMatch(
    /^Not sent by email: they opted out of this channel on .* \(marked as spam\)\.$/,
  )
})

test('while an allow-list is set only its addresses are written to', async () => {
  const [ana, bob] = [await somebodyNew({ email: 'ana@staging.example' }), await somebodyNew()]
  await world.settings({ allowList: ['ana@staging.example'] })
  await told(ana)
  const refusals = await told(bob)
  await world.settings({ allowList: null })
  expect(await ledgerOf(world, ana)).toEqual(['tell email sent'])
  expect(refusals).toContain('Not sent by email: the address is not on the allow-list of this workspace.')
  expect(await ledgerOf(world, bob)).toEqual([])
})

test('a message is written in the member’s language where there is one, else in the template’s own', async () => {
  const sms = { en: { text: 'News' }, es: { text: 'Noticias' } }
  await world.template('news', { content: { sms } })
  const [ana, bob] = [await somebodyNew({ locale: 'es-MX' }), await somebodyNew({ locale: 'fr' })]
  expect(await told(ana)).toEqual(['Not sent by email: template *news* has no content for it.'])
  await told(bob)
  await world.template('news')
  expect((await messagesOf(world, ana)).map((one) => one.locale)).toEqual(['es'])
  expect((await messagesOf(world, bob)).map((one) => one.locale)).toEqual(['en'])
})
