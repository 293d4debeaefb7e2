import { afterAll, expect, test } from 'vitest'
import { drawing, send } from './drawing.ts'
import { granted, somebody } from './people.ts'
import { openWorld } from './world.ts'

const world = await openWorld()
afterAll(() => world.close())

test('who is written to on all channels at once gets each message once, however many wait for their turn', async () => {
  const { courier } = world.engine
  const handed: number[] = []
  const { send: handOver } = courier
  courier.send = (prepared) => {
    handed.push(prepared.job.message.id)
    // Mails are answered at once, text messages when many mails have been.
    const late = prepared.job.message.channel === 'sms'
    return late
      ? new Promise((answer) => setTimeout(() => answer(handOver(prepared)), 50))
      : handOver(prepared)
  }
  await world.publish(drawing({ tell: send('all', ['email', 'sms']) }, { on: { event: 'Told' } }))
  const people = Array.from({ length: 130 }, () => somebody({ consents: granted('email', 'sms') }))
  await world.put(...people)
  await world.postAll(people.map(({ externalId }) => ({ type: 'Told', member: externalId })))
  await world.carry()
  courier.send = handOver
  expect(handed).toHaveLength(2 * people.length)
  expect(new Set(handed).size).toBe(handed.length)
})
