import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { MockActivityEnvironment } from '@temporalio/testing'
import { ringAlarm } from '../../activities/alarm.ts'
import type { Engine } from '../../activities/engine.ts'
import { finish } from '../../activities/finish.ts'
import { segment } from '../../activities/segment.ts'
import type { Alarm } from '../../db/hot/alarms.ts'
import { takeStand } from '../../db/hot/stands.ts'
import type { Db } from '../../db/pool.ts'
import { URGENT } from '../../activities/pace.ts'

export interface Crew {
  engine: Engine
  workspace: number
  /** Looks at the rows for the crew; never breaks. */
  db: Db
}

/**
 * Carries everybody to the end as dispatch, walks and Temporal do, without the waiting: alarms ring at once. What fails
 * is tried again until it is done.
 */
export async function carry(crew: Crew): Promise<void> {
  for (;;) {
    const alarms = await setForward(crew)
    for (const alarm of alarms) await wake(crew, alarm)
    const stands = await readyStands(crew)
    for (const stand of stands) await carryStand(crew, stand)
    if (alarms.length + stands.length === 0) return
  }
}

/** One alarm, as the workflow goes on when it has slept. */
async function wake({ engine }: Crew, alarm: Alarm): Promise<void> {
  const { walk: number } = await persist(() => ringAlarm(engine, alarm))
  if (number !== null) await walk(engine, number)
}

async function carryStand({ engine }: Crew, stand: number): Promise<void> {
  const workflowId = randomUUID()
  const taken = await persist(() =>
    engine.db.outside((tx) => takeStand(tx, stand, { workflowId, lease: engine.lease() })),
  )
  if (taken) await walk(engine, taken.walk)
}

/** One walk, as the workflow runs it. */
export async function walk(engine: Engine, number: number): Promise<void> {
  for (let slow: Promise<void> | undefined; ;) {
    const { cleared, left } = await persist(() => segment(engine, number, URGENT))
    if (left) slow ??= persist(() => new MockActivityEnvironment().run(finish, engine, number))
    if (cleared) return slow
  }
}

/** As Temporal retries an activity. */
async function persist<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work()
    } catch {
      await pause(50)
    }
  }
}

/** Lets the time pass that the resting still have to wait; answers their alarms. */
async function setForward({ db, workspace }: Crew): Promise<Alarm[]> {
  await db.inWorkspace(workspace, async (tx) => {
    const now = `to_jsonb(floor(extract(epoch from now()) * 1000))`
    await tx.rows(
      `update enrollment set due_at = now(), rest = case when rest ? 'until' then jsonb_set(rest, '{until}', ${now}) else rest end
       where state = 'resting' and due_at < 'infinity'`,
    )
    await tx.rows('update webhook_call set retry_at = now() where retry_at > now()')
  })
  return db.outside((tx) =>
    tx.rows<Alarm>(
      `update alarm set at = date_trunc('second', now()) - stand * interval '1 second'
       returning stand, (extract(epoch from at) * 1000)::bigint at`,
    ),
  )
}

async function readyStands({ db, workspace }: Crew): Promise<number[]> {
  const rows = await db.inWorkspace(workspace, (tx) =>
    tx.rows<{ id: number }>(
      `select s.id from stand s where s.walk is null and exists (select from enrollment e
         where e.version = s.version and e.node = s.node and e.lane = s.lane
           and e.state <> 'ended' and e.due_at <= now() and e.walk is null)`,
    ),
  )
  return rows.map((row) => row.id)
}
