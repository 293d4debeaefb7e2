import type { CallSettlement } from '../../../db/hot/call-outcomes.ts'
import type { ClaimedCall } from '../../../db/hot/calls.ts'
import { answered, hostOf } from '../../../flow/call.ts'
import type { PlanRequest } from '../../../flow/plan.ts'
import { BACKOFF } from '../../backoff.ts'
import type { Answer, Exchange, ExchangeFault } from './exchange.ts'
import { variablesFrom } from './variables.ts'

/** The call whose row is settled, and what its step asked for. */
export interface Settled {
  call: ClaimedCall
  request: PlanRequest
}

/** What a try does to its row: 2xx is done, what may pass is tried again, anything else has failed. */
export function callSettlement(of: Settled, came: Exchange, now: number): CallSettlement {
  if ('fault' in came) return afterFault(of, came.fault)
  const { status } = came
  if (status >= 200 && status < 300) return done(of, came)
  const row = { ...of, response: status }
  if (status === 429 || status >= 500)
    return again(row, { why: 'status', status }, waitAsked(came.retryAfter, now))
  return failed(row, { why: status >= 300 && status < 400 ? 'redirect' : 'status', status })
}

/** The row of a call that can never be made as it stands: no try of it was granted. */
export function unfit({ call, request }: Settled, why: Why): CallSettlement {
  return { ...failed({ call, request }, why), attempt: call.attempt }
}

function failed(of: Settled & Response, why: Why): CallSettlement {
  const { request, call, response = null } = of
  const tries = call.attempt + 1
  const reason = { code: 'call-failed', args: { host: hostOf(request), ...why, tries } }
  return { ...rowOf(call), status: 'failed', response, reason, retryInMs: null, variables: null }
}

interface Response {
  response?: number | null
}

/** What is told of a failure: its word, and the facts the sentence needs. */
interface Why {
  why: string
  [fact: string]: unknown
}

function afterFault(of: Settled, fault: ExchangeFault): CallSettlement {
  if (fault === 'address') return failed(of, { why: fault })
  if (fault === 'interrupted') return pending(of, { why: fault }, BACKOFF[0] ?? 0)
  return again(of, { why: fault, ...(fault === 'timeout' && { ms: of.request.timeoutMs }) }, 0)
}

function done({ call, request }: Settled, { status, text }: Answer): CallSettlement {
  const { variables, lost } = variablesFrom(text, request.store)
  const reason = answered(request, status, lost)
  return { ...rowOf(call), status: 'done', response: status, reason, retryInMs: null, variables }
}

function again(of: Settled & Response, why: Why, askedMs: number): CallSettlement {
  const wait = BACKOFF[of.call.attempt]
  return wait === undefined ? failed(of, why) : pending(of, why, Math.max(wait, askedMs))
}

function pending(
  { call, request, response = null }: Settled & Response,
  why: Why,
  retryInMs: number,
): CallSettlement {
  const reason = { code: 'call-failed', args: { host: hostOf(request), ...why } }
  return { ...rowOf(call), status: 'pending', response, reason, retryInMs, variables: null }
}

/** The try that ended is the one after those counted when the call was claimed. */
function rowOf({ id, enrollment, member, attempt }: ClaimedCall) {
  return { id, enrollment, member, attempt: attempt + 1 }
}

const LONGEST_WAIT = 3_600_000

/** Retry-After (RFC 9110, 10.2.3), as seconds or as a date, in ms; an hour at most. */
function waitAsked(header: string | undefined, now: number): number {
  if (header === undefined) return 0
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - now
  return ms > 0 ? Math.min(ms, LONGEST_WAIT) : 0
}
