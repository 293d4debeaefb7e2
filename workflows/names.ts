/** What a walk is given: numbers only, so that no history ever holds a member's id or data. */
export interface WalkInput {
  stand: number
  lane: 'urgent' | 'bulk'
  /** The walk's number; absent on an alarm, which earns one when it rings. */
  walk?: number
  /** On an alarm: when to ring, ms since 1970. */
  alarm?: number
}

export interface LaunchInput {
  launch: number
}

/** What each start by a flow's schedule is given. */
export interface ScheduledInput {
  workspace: number
  version: number
}

export const WALK = 'walk'
export const LAUNCH = 'launch'
export const SCHEDULED = 'scheduled'

/** Each lane has its own queue and slots, so that a million-member campaign never delays a password code. */
export const TASK_QUEUE = { urgent: 'fanfare-urgent', bulk: 'fanfare-bulk' } as const

export function alarmId(stand: number, at: number): string {
  return `alarm-${stand}-${at}`
}

export function launchId(launch: number): string {
  return `launch-${launch}`
}

/** A version never changes, so a schedule of this name never does either. */
export function scheduleId(version: number): string {
  return `${SCHEDULE_PREFIX}${version}`
}

/** Schedules with other names are not ours. */
export const SCHEDULE_PREFIX = 'fanfare-schedule-'
