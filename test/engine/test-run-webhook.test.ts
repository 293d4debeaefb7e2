import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { drawing } from './drawing.ts'
import { somebody } from './people.ts'
import { traceOf } from './story.ts'
import { tryOut } from './testing.ts'
import { openWorld, type World } from './world.ts'

const heard: IncomingHttpHeaders[] = []
const shop = createServer((request, response) => {
  heard.push(request.headers)
  response.setHeader('content-type', 'application/json').end('{}')
})

let world: World
beforeAll(async () => {
  world = await openWorld()
  await new Promise<void>((listening) => shop.listen(0, '127.0.0.1', listening))
})
afterAll(async () => {
  shop.close()
  await world.close()
})

test('a webhook is called by a test as well, in a paused flow, too, and the other side is told that it is one', async () => {
  const { port } = shop.address() as AddressInfo // a TCP server's address is an object
  const request = { url: `http://127.0.0.1:${port}/hook`, method: 'POST', body: '{}' }
  const document = drawing({ tell: { kind: 'webhook', request } })
  const flow = await world.publish(document)
  const [ana, bob] = [somebody(), somebody()]
  await world.put(ana, bob)
  await world.post('Won', bob.externalId)
  await world.carry()
  await world.rows(`update flow set state = 'paused', paused_at = now() where id = $1`, [flow])
  await tryOut(world, { flow, document, members: [ana.externalId] })
  await world.carry()
  expect(await traceOf(world, ana.externalId)).toEqual(await traceOf(world, bob.externalId))
  expect(heard.map((headers) => headers['fanfare-test'])).toEqual([undefined, 'true'])
})
