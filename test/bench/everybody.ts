import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import type { Installation } from '../support/installation.ts'

const created = z.object({ id: z.string() })
const stats = z.object({ ended: z.int() })

/** Stores a flow and makes it live; answers its id. */
export async function publish({ api }: Installation, document: unknown): Promise<string> {
  const { id } = created.parse(await api.send('POST', '/v1/flows', document))
  await api.send('POST', `/v1/flows/${id}/publish`, {})
  return id
}

/** Lets an audience, or everybody, enter a flow in the bulk lane. */
export async function launchAll(
  { base, key }: Installation,
  flow: string,
  { audience = { all: [] }, data = {} }: { audience?: object; data?: object } = {},
): Promise<void> {
  const headers = {
    authorization: `Bearer ${key}`,
    'content-type': 'application/json',
    'idempotency-key': flow,
  }
  const body = JSON.stringify({ audience, data })
  const answer = await fetch(`${base}/v1/flows/${flow}/launch`, { method: 'POST', headers, body })
  if (answer.status !== 202) throw new Error(`The launch answered ${answer.status}: ${await answer.text()}`)
}

/** Waits until so many members have come to the end of the flow. */
export async function untilEnded({ api }: Installation, flow: string, members: number): Promise<void> {
  while (stats.parse(await api.get(`/v1/flows/${flow}/stats`)).ended < members) await pause(100)
}
