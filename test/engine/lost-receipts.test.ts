import { afterAll, beforeAll, expect, test } from 'vitest'
import { matchLostReceipts } from '../../db/lost-receipts.ts'
import { recordReceipts } from '../../db/receipts.ts'
import { drawing, send } from './drawing.ts'
import { somebody } from './people.ts'
import { messagesOf } from './story.ts'
import { openWorld, type World } from './world.ts'

let world: World
beforeAll(async () => void (world = await openWorld()))
afterAll(() => world.close())

/** What a provider says of a message that nobody knows yet; the process that took it dies right after. */
async function early(providerId: string, transport: number): Promise<void> {
  await world.within((tx) =>
    recordReceipts(tx, world.desk, [
      {
        key: providerId,
        message: null,
        transport,
        providerId,
        kind: 'delivered',
        at: new Date(),
        data: null,
      },
    ]),
  )
  await world.rows(`update receipt set received_at = now() - interval '1 minute' where provider_id = $1`, [
    providerId,
  ])
}

test('a receipt that came before its message, and was never looked for again, finds it', async () => {
  await world.publish(drawing({ tell: send('fixed', ['email']) }, { on: { event: 'Won' } }))
  const ana = somebody()
  await world.put(ana)
  await world.post('Won', ana.externalId)
  await world.carry()
  const [mail] = await messagesOf(world, ana.externalId)
  const [{ transport } = { transport: 0 }] = await world.rows<{ transport: number }>(
    'select transport from message where id = $1',
    [mail?.id],
  )
  await world.rows(`update message set provider_id = null where id = $1`, [mail?.id])
  await early('late-1', transport)
  await early('of somebody else', transport)
  await world.rows(`update message set provider_id = 'late-1' where id = $1`, [mail?.id]) // stored, and died before it looked
  expect(await matchLostReceipts(world.db, world.desk, world.workspace)).toBe(1)
  expect(await messagesOf(world, ana.externalId)).toMatchObject([{ status: 'delivered' }])
  expect(await matchLostReceipts(world.db, world.desk, world.workspace)).toBe(0)
})
