import { randomUUID } from 'node:crypto'
import { afterAll, expect, test, vi } from 'vitest'
import { takeStand } from '../../db/hot/stands.ts'
import { openTemporal } from '../../server/temporal.ts'
import { openReconciler } from '../../server/worker/reconciler.ts'
import { WALK } from '../../workflows/names.ts'
import { temporalAddress } from '../support/temporal-address.ts'
import { send } from './play.ts'
import { openStage } from './stage.ts'
import { until } from './until.ts'

const stage = await openStage()
const { play, engine, db } = stage
const client = openTemporal(temporalAddress())
afterAll(async () => {
  await client.connection.close()
  await stage.close()
})

/** Somebody waits at the beginning of a flow, whose stand a walk of this workflow has taken a minute ago. */
async function stranded(day: string): Promise<{ walk: number; workflowId: string }> {
  await play.publish({ on: day, nodes: { mail: send('first', ['email'], null) } })
  await play.tell(day, await play.enlist(day, 1))
  const [stand] = await stage.rows<{ id: number }>(
    `select max(id) id from stand where node = 'begin' and lane = 'urgent'`,
  )
  const workflowId = randomUUID()
  const by = { workflowId, lease: engine.lease() }
  const taken = await db.outside((tx) => takeStand(tx, stand?.id ?? 0, by))
  await db.outside((tx) => tx.rows(`update walk set started_at = now() - interval '1 minute'`))
  return { walk: taken?.walk ?? 0, workflowId }
}

/** A workflow that no worker of this run takes up. */
async function start(workflowId: string) {
  return client.workflow.start(WALK, { workflowId, taskQueue: randomUUID(), args: [] })
}

test('a walk that was terminated in Temporal, or that Temporal never had, is freed; one that runs is not', async () => {
  const running = await stranded('Running')
  const terminated = await stranded('Terminated')
  const unknown = await stranded('Unknown')
  const handle = await start(running.workflowId)
  await (await start(terminated.workflowId)).terminate()
  const onFault = vi.fn<(what: string, error: unknown) => void>()
  const reconciler = openReconciler({ db, client, resend: () => Promise.resolve(), onFault })
  const walks = async () =>
    (await db.outside((tx) => tx.rows<{ id: number }>('select id from walk'))).map((one) => one.id)
  await until(async () => !(await walks()).includes(unknown.walk))
  await reconciler.close()
  expect(await walks()).toEqual([running.walk])
  expect(await stage.rows('select walk from stand where walk is not null')).toEqual([{ walk: running.walk }])
  expect(onFault).not.toHaveBeenCalled()
  await handle.terminate()
})
