import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { MockActivityEnvironment } from '@temporalio/testing'
import type { Engine } from '../../activities/engine.ts'
import { finish } from '../../activities/finish.ts'
import { segment } from '../../activities/segment.ts'
import { takeStand } from '../../db/hot/stands.ts'
import type { Db } from '../../db/pool.ts'

export interface Crew {
  engine: Engine
  workspace: number
  /** Looks at the rows for the crew; never breaks. */
  db: Db
}

/** Carries everybody who is ready as dispatch, walks and Temporal do: what fails is tried again until it is done. */
export async function carry(crew: Crew): Promise<void> {
  for (let stands = await readyStands(crew); stands.length > 0; stands = await readyStands(crew)) {
    for (const stand of stands) await carryStand(crew, stand)
  }
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
    const { cleared, left } = await persist(() => segment(engine, number))
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
