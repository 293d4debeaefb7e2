/** What a walk is given: numbers only, so that no history ever holds a member's id or data. */
export interface WalkInput {
  stand: number
  lane: 'urgent' | 'bulk'
  /** The walk's number; absent on an alarm, which earns one when it rings. */
  walk?: number
  /** On an alarm: when to ring, ms since 1970. */
  alarm?: number
}

export const WALK = 'walk'

/** Each lane has its own queue and slots, so that a million-member campaign never delays a password code. */
export const TASK_QUEUE = { urgent: 'fanfare-urgent', bulk: 'fanfare-bulk' } as const

export function alarmId(stand: number, at: number): string {
  return `alarm-${stand}-${at}`
}
