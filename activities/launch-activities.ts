import { Context } from '@temporalio/activity'
import { strike } from '../db/schedules.ts'
import { beating } from './beating.ts'
import { enterNext, type LaunchEngine } from './enter-next.ts'
import { told } from './told.ts'

/** What launches and schedules can ask for. Arguments and results are numbers and flags, as those of walks. */
export interface LaunchActivities {
  /** Lets members of a launch enter for about a minute. */
  enterNext(launch: number): Promise<{ over: boolean }>
  /** Launches a version's flow for an instant of its schedule, ms since 1970, unless that was done. */
  strike(workspace: number, version: number, at: number): Promise<void>
}

export function launchActivities(engine: LaunchEngine): LaunchActivities {
  return {
    enterNext(launch) {
      const stopping = AbortSignal.any([engine.closing, Context.current().cancellationSignal])
      return told(engine, 'launch', beating(enterNext(engine, launch, stopping)))
    },
    strike: (workspace, version, at) =>
      told(
        engine,
        'schedule',
        engine.db.inWorkspace(
          workspace,
          async (tx) => void (await strike(tx, engine.memory, { version, at })),
        ),
      ),
  }
}
