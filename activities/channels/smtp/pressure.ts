import type { Fault, Handed } from './fault.ts'

/** How hard a server may be pressed. Times are milliseconds of one steady clock. */
export interface Pressure {
  /** How many connections may be busy. */
  readonly allowed: number
  /** For how long nothing new may be begun. */
  pause(now: number): number
  /** Learns from what became of a message. */
  heed(handed: Handed, now: number): void
  /** Learns that the server asked for time. */
  ease(now: number): void
}

const FIRST_PAUSE = 200
const LONGEST_PAUSE = 15_000
/** Recipients put off in a row: before that it may be about them, as with greylisting and full mailboxes. */
const IN_A_ROW = 5

/**
 * As congestion on a network is met: each time a server asks for time, half as many connections and a pause twice as
 * long; with each message it takes a little more again. However many connections hear it at once, it counts once.
 */
export function pressureOf(limit: number): Pressure {
  let allowed = limit
  let pauseMs = 0
  let until = Number.NEGATIVE_INFINITY
  let putOff = 0

  const ease = (now: number): void => {
    putOff = 0
    if (now < until) return
    allowed = Math.max(1, allowed / 2)
    pauseMs = Math.min(LONGEST_PAUSE, Math.max(FIRST_PAUSE, pauseMs * 2))
    until = now + pauseMs
  }

  return {
    get allowed() {
      return Math.floor(allowed)
    },
    pause: (now) => Math.max(0, until - now),
    heed(handed, now) {
      if ('fault' in handed) {
        if (asksForTime(handed.fault)) ease(now)
        else if (putsOff(handed.fault) && (putOff += 1) >= IN_A_ROW) ease(now)
        return
      }
      putOff = 0
      allowed = Math.min(limit, allowed + 1 / allowed)
      pauseMs = pauseMs < FIRST_PAUSE ? 0 : pauseMs * 0.9
    },
    ease,
  }
}

function asksForTime({ reply = '', stage, error }: Fault): boolean {
  if (reply === '') return error.code === 'ETIMEDOUT'
  return reply.startsWith('421') || (reply.startsWith('4') && stage !== 'recipient' && stage !== 'body')
}

function putsOff({ reply = '' }: Fault): boolean {
  return reply.startsWith('4')
}
