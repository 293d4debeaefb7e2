import { enterByDate } from '../../db/date-entries.ts'
import { enterLaunchPage } from '../../db/launch-page.ts'
import { openLaunches, readLaunch, type LaunchRow } from '../../db/launches.ts'
import { lookAtTrigger } from '../../db/look.ts'
import { dueWatches, watchesOf } from '../../db/watches.ts'
import type { World } from '../engine/world.ts'

/** What a worker does for triggers, without Temporal and without waiting. */
export function triggering(world: World) {
  const { db, within, desk } = world
  const triggers = {
    /** Looks at every trigger that is due, to the end of its look. */
    async look(): Promise<void> {
      for (let due = await db.outside(dueWatches); due.length > 0; due = await db.outside(dueWatches))
        for (const { flow } of due) await within((tx) => lookAtTrigger(tx, desk.memory, flow))
    },
    /** The same when it is time again: everything is due now. */
    async lookAgain(): Promise<void> {
      await db.outside((tx) => tx.rows('update watch set due_at = now()'))
      await triggers.look()
    },
    /** Lets all enter whose moment has come. */
    async enterByDate(): Promise<void> {
      for (const { flow } of await db.outside((tx) => watchesOf(tx, 'date')))
        while ((await within((tx) => enterByDate(tx, desk.memory, flow))) > 0);
    },
    /** Carries every launch to its end. */
    async launchAll(): Promise<void> {
      for (const launch of await db.outside(openLaunches))
        while (!(await within((tx) => enterLaunchPage(tx, desk.memory, launch))).over);
    },
    launch: (id: number): Promise<LaunchRow> => within((tx) => readLaunch(tx, id)),
  }
  return triggers
}
