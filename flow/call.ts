import type { CallFact } from './facts.ts'
import type { NodeOf, PlanRequest } from './plan.ts'
import type { Reason } from './reason.ts'
import type { Scene, Turn } from './scene.ts'

/** What a member who stands at a webhook does next: calls, waits for the answer or the next try, or goes on. */
export function decideCall(nodeId: string, { request }: NodeOf<'webhook'>, scene: Scene): Turn {
  const call = scene.enrollment.calls.find(({ node }) => node === nodeId)
  if (!call) return { call: true, reason: { code: 'call', args: { host: hostOf(request) } } }
  const reason = call.reason ?? { code: 'call-failed', args: { host: hostOf(request) } }
  switch (call.status) {
    case 'done':
      return { take: 'next', reason }
    case 'failed':
      return { take: 'failed', reason }
    case 'calling':
      return { carry: true }
    case 'pending':
      return pending(call, scene)
  }
}

/** A call waits for its next try; one whose time has come is not made while the flow is paused. */
function pending({ retryAt, reason }: CallFact, { now, paused }: Scene): Turn {
  if (retryAt !== null && retryAt > now)
    return { rest: { code: 'retry', args: { ...reason?.args } }, dueAt: retryAt }
  return paused ? { rest: { code: 'paused' }, dueAt: null } : { carry: true }
}

/** Why a call is over that was answered with 2xx: what a live run stores, and what a dry run takes for granted. */
export function answered(request: PlanRequest, status: number, lost: Record<string, unknown> = {}): Reason {
  return { code: 'called', args: { host: hostOf(request), status, ...lost } }
}

/** `shop.example:8443`: what is told of an address; its path and query may hold more than everybody should see. */
export function hostOf({ url }: Pick<PlanRequest, 'url'>): string {
  return URL.parse(url)?.host ?? ''
}
