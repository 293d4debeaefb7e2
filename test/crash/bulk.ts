import { expect } from 'vitest'
import { decodeId } from '../../db/ids.ts'
import { TOPIC } from './play.ts'
import type { openWhole } from './whole.ts'

type Whole = Awaited<ReturnType<typeof openWhole>>

/** So many buyers, straight into the tables: how they come in is not what this is about. */
export async function addCrowd(whole: Whole, size: number): Promise<void> {
  const crowd = `select id, external_id from member where external_id like 'buyer-%'`
  for (const sql of [
    `insert into member (workspace, external_id, attributes)
     select 1, 'buyer-' || n, '{"name": "Ana"}' from generate_series(1, ${size}) n`,
    `insert into address (workspace, member, kind, value, digest)
     select 1, id, 'email', external_id || '@members.example', sha256(external_id::bytea) from (${crowd}) m`,
    `insert into consent_state (workspace, member, topic, channel, state, source, at)
     select 1, id, '${TOPIC}', 'email', 'granted', 'form', now() from (${crowd}) m`,
  ])
    await whole.rows(sql)
}

/** Lets everybody enter. */
export async function launch({ fanfare }: Whole, flow: string): Promise<void> {
  const headers = {
    'content-type': 'application/json',
    'idempotency-key': flow,
    authorization: `Bearer ${fanfare.key}`,
  }
  const init = { method: 'POST', headers, body: JSON.stringify({ audience: { all: [] } }) }
  expect((await fetch(`${fanfare.base}/v1/flows/${flow}/launch`, init)).status).toBe(202)
}

/** How many of so many are to come to the end; all while the database is away. */
export async function unfinished(whole: Whole, flow: string, of: number): Promise<number> {
  const ended = `select count(*)::int n from enrollment where flow = $1 and state = 'ended'`
  const [row] = await whole.rows<{ n: number }>(ended, [decodeId('flow', flow)]).catch(() => [])
  return of - (row?.n ?? 0)
}
