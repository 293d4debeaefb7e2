import type { Engine } from '../../activities/engine.ts'
import { freeWalk, lapsedWalks } from '../../db/hot/free.ts'
import { closeLease } from '../../db/hot/leases.ts'
import type { Db } from '../../db/pool.ts'
import { openEngine } from '../engine/open-engine.ts'
import type { Break } from './breaking-db.ts'
import { carry, walk } from './carry.ts'

/** Each round trip of a journey that went well, and again each commit with only its answer lost. */
export function momentsOf(trips: string[], kind: Break['kind']): (Break & { what: string })[] {
  const moments = trips.map((what, index) => ({ at: index + 1, what, stored: false, kind }))
  const commits = moments.filter(({ what }) => what === 'commit')
  return [...moments, ...commits.map((moment) => ({ ...moment, stored: true }))].filter(
    ({ at }) => at > LEASE_TRIPS,
  )
}

const LEASE_TRIPS = 2

export interface Place {
  db: Db
  workspace: number
}

/** What is done about the walks of a dead process. */
export type Recovery = (place: Place, walks: number[], engine: Engine) => Promise<void>

export const RECOVERIES: [string, Recovery][] = [
  ['freed by the reconciler', freeLapsed],
  ['tried again by Temporal', tryAgain],
]

/** Another worker goes on where one died. */
export async function takeOver(dead: Engine, place: Place, recover: Recovery): Promise<void> {
  const { db, workspace } = place
  await db.outside((tx) => closeLease(tx, dead.lease()))
  const { engine, close } = await openEngine(db, workspace)
  const walks = await db.outside((tx) => tx.rows<{ id: number }>('select id from walk'))
  await recover(
    place,
    walks.map(({ id }) => id),
    engine,
  )
  await carry({ engine, workspace, db })
  await close()
}

async function freeLapsed({ db, workspace }: Place): Promise<void> {
  for (const { id } of await db.outside(lapsedWalks))
    await db.inWorkspace(workspace, (tx) => freeWalk(tx, id))
}

async function tryAgain(_: Place, walks: number[], engine: Engine): Promise<void> {
  for (const id of walks) await walk(engine, id)
}
