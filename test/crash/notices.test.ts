import { afterAll, expect, test } from 'vitest'
import { freeWalk } from '../../db/hot/free.ts'
import { STAND_CHANNEL, takeStand } from '../../db/hot/stands.ts'
import { send } from './play.ts'
import { openStage } from './stage.ts'
import { until } from './until.ts'

const stage = await openStage()
const { play, engine, db } = stage
const { workspace } = stage.server
afterAll(stage.close)

test('a walk that is lost before its first claim leaves a notice of the members who wait for it', async () => {
  await play.publish({ on: 'Begin', nodes: { mail: send('first', ['email'], null) } })
  await play.tell('Begin', await play.enlist('member', 1))
  const [stand] = await stage.rows<{ id: number }>(
    `select id from stand where node = 'begin' and lane = 'urgent'`,
  )
  const id = stand?.id ?? 0
  const taken = await db.outside((tx) => takeStand(tx, id, { workflowId: 'lost', lease: engine.lease() }))
  const notices: string[] = []
  const stop = await db.listen(
    STAND_CHANNEL,
    (payload) => notices.push(payload),
    () => {},
  )
  await db.inWorkspace(workspace, (tx) => freeWalk(tx, taken?.walk ?? 0))
  await until(() => notices.length > 0)
  expect(notices).toEqual([String(id)])
  await stop()
})
