import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { resend } from '../../activities/resend.ts'
import { resolveMessage } from '../../db/resolve.ts'
import { drawing, send } from './drawing.ts'
import { somebody } from './people.ts'
import { journeysOf, messagesOf } from './story.ts'
import { openWorld, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
  await world.publish(drawing({ tell: send('fixed', ['email', 'sms']) }))
})
afterAll(() => world.close())

/** A member whose mail left nobody knows how, with the message in question. */
async function inDoubt(): Promise<{ member: string; message: number }> {
  const member = somebody()
  await world.put({ ...member, email: `${member.externalId}+sim-unknown@members.example` })
  await world.post('Won', member.externalId)
  await world.carry()
  const [message] = await messagesOf(world, member.externalId)
  expect(message?.status).toBe('unknown')
  // The provider knows this address, from here on.
  await world.rows(`update message set "to" = $2 where id = $1`, [
    message?.id,
    `${member.externalId}@members.example`,
  ])
  return { member: member.externalId, message: message?.id ?? 0 }
}

const again = (message: number) =>
  world.within((tx) => resolveMessage(tx, { message, as: 'resend', actor: 'test' }))

test('a message in doubt is handed over again when an operator says so, and its journey stays where it is', async () => {
  const { member, message } = await inDoubt()
  const before = await journeysOf(world, member)
  await again(message)
  await resend(world.engine, world.workspace)
  await vi.waitFor(async () =>
    expect(await messagesOf(world, member)).toMatchObject([{ id: message, status: 'sent' }]),
  )
  expect(await journeysOf(world, member)).toEqual(before)
  const [row] = await world.rows<{ attempt: number; attempts: object[] }>(
    'select attempt, attempts from message where id = $1',
    [message],
  )
  expect(row).toMatchObject({ attempt: 2, attempts: [{ outcome: 'unknown' }] })
})

test('two workers that hear of it at once hand it over once', async () => {
  const { member, message } = await inDoubt()
  await again(message)
  await Promise.all([resend(world.engine, world.workspace), resend(world.engine, world.workspace)])
  await vi.waitFor(async () => expect(await messagesOf(world, member)).toMatchObject([{ status: 'sent' }]))
  const [row] = await world.rows<{ attempt: number }>('select attempt from message where id = $1', [message])
  expect(row?.attempt).toBe(2)
})

test('a resend whose process dies in the middle is in doubt again', async () => {
  const { member, message } = await inDoubt()
  await again(message)
  await world.rows(`update message set status = 'sending', lease = 0 where id = $1`, [message])
  await resend(world.engine, world.workspace)
  expect(await messagesOf(world, member)).toMatchObject([{ status: 'unknown' }])
})
