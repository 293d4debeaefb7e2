import type { Claimed } from '../db/hot/write-decisions.ts'
import type { Settlement } from '../db/hot/outcomes.ts'
import { BACKOFF } from './backoff.ts'
import type { Outcome } from './channels/transport.ts'

/** What an outcome does to its row in the ledger. `attempt` counts from 1. */
export function settlementOf(
  message: Claimed,
  outcome: Outcome,
  at: { attempt: number; now: number },
): Settlement {
  const { id, period, member, enrollment, channel } = message
  const { attempt } = at
  const row = {
    id,
    period,
    member,
    enrollment,
    attempt,
    at: at.now,
    response: outcome.response ?? null,
    ...NOTHING,
  }
  switch (outcome.outcome) {
    case 'accepted':
      return { ...row, status: 'sent', providerId: outcome.providerId }
    case 'unknown':
      return { ...row, status: 'unknown', reason: { code: 'perhaps-sent', args: { channel } } }
    case 'not-sent':
      return retried(row, { channel, class: 'not-sent', waitMs: outcome.retryAfterMs })
    case 'rejected':
      // Out of service for now comes with a time to try again; without one the refusal is for good.
      if (
        outcome.class === 'rate-limited' ||
        (outcome.class === 'unavailable' && outcome.retryAfterMs !== undefined)
      ) {
        return retried(row, { channel, class: outcome.class, waitMs: outcome.retryAfterMs })
      }
      return {
        ...row,
        status: 'failed',
        reason: { code: 'rejected', args: { channel, class: outcome.class } },
        suppress: outcome.class === 'invalid-address' || outcome.class === 'opted-out' ? outcome.class : null,
      }
  }
}

const NOTHING = { providerId: null, reason: null, retryInMs: null, suppress: null }

interface Retry {
  channel: string
  class: string
  waitMs: number | undefined
}

function retried(row: Omit<Settlement, 'status'>, { channel, class: kind, waitMs }: Retry): Settlement {
  const wait = BACKOFF[row.attempt - 1]
  const reason = { code: kind, args: { channel } }
  if (wait === undefined) return { ...row, status: 'failed', reason }
  return { ...row, status: 'pending', reason, retryInMs: Math.max(wait, waitMs ?? 0) }
}
