import { vi } from 'vitest'
import type { Reason } from '../../flow/reason.ts'
import type { World } from './world.ts'

type Node = Parameters<typeof import('./drawing.ts').drawing>[0][string]

export interface CallRow {
  node: string
  status: string
  attempt: number
  response: number | null
  reason: Reason | null
  retryInMs: number | null
}

/** The calls of a member in the order they were claimed. */
export async function callsOf(world: Pick<World, 'rows'>, member: string): Promise<CallRow[]> {
  return world.rows<CallRow>(
    `select c.node, c.status, c.attempt, c.response, c.reason,
       round(extract(epoch from c.retry_at - now()) * 1000)::int "retryInMs"
     from webhook_call c join member m on m.id = c.member where m.external_id = $1 order by c.id`,
    [member],
  )
}

/** Carries until nothing is under way any more, also what outlasts a segment. */
export async function carryThrough(world: World): Promise<void> {
  await world.carry()
  await vi.waitUntil(() => world.engine.holders.size === 0, { timeout: 20_000, interval: 10 })
  await world.carry()
}

/** A webhook step that posts to this address. */
export function webhook(url: string, request: object = {}, more: object = {}): Node {
  return { kind: 'webhook', request: { url, method: 'POST', ...request }, timeout: 'PT1M', ...more }
}
