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

/** Ids of the walks that are left. */
const walks = async () =>
  (await db.outside((tx) => tx.rows<{ id: number }>('select id from walk'))).map((one) => one.id)

const takenStands = () => stage.rows('select walk from stand where walk is not null')

/** Marks a walk as that of a process that was last seen this long from now. */
const lastSeen = (walk: number, from: string) =>
  db.outside((tx) =>
    tx.rows(
      `with dead as (insert into lease (seen_at) values (now() + $2::interval) returning id)
       update walk set lease = dead.id from dead where walk.id = $1`,
      [walk, from],
    ),
  )

test('a process that died just before the database clock was set back is missed all the same', async () => {
  const { walk } = await stranded('Back')
  await lastSeen(walk, '10 minutes')
  await db.outside((tx) => tx.rows('update walk set started_at = now()')) // Temporal is not asked about it yet
  const reconciler = openReconciler({ db, client, resend: () => Promise.resolve(), onFault: () => {} })
  await until(async () => !(await walks()).includes(walk))
  await reconciler.close()
  expect(await takenStands()).toEqual([])
})

test('what a dead process carried is freed also while much else is to be put in order', async () => {
  const { promise: inOrder, resolve: done } = Promise.withResolvers<void>()
  let begun = false
  const resend = (): Promise<void> => {
    begun = true
    return inOrder
  }
  const reconciler = openReconciler({ db, client, resend, onFault: () => {} })
  await until(() => Promise.resolve(begun))
  const { walk } = await stranded('Meanwhile')
  await lastSeen(walk, '-1 minute')
  await until(async () => !(await walks()).includes(walk))
  expect(await takenStands()).toEqual([])
  done()
  await reconciler.close()
})

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
  await until(async () => !(await walks()).includes(unknown.walk))
  await reconciler.close()
  expect(await walks()).toEqual([running.walk])
  expect(await takenStands()).toEqual([{ walk: running.walk }])
  expect(onFault).not.toHaveBeenCalled()
  await handle.terminate()
})
