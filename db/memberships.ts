import type { Condition } from '../flow/conditions/schema.ts'
import type { WorkspaceFacts } from '../flow/facts.ts'
import { audienceCondition } from '../flow/nodes/audience-key.ts'
import { whoIsIn } from './audience-truth.ts'
import { nowOf } from './clock.ts'
import { audienceSql } from './conditions/audience-sql.ts'
import { enter } from './enter.ts'
import { entrantsWithout } from './entrants.ts'
import { lockLiving } from './living.ts'
import type { Memory } from './memory.ts'
import type { Tx } from './pool.ts'
import { moveWatch, type HeldWatch } from './watches.ts'
import { readWorkspaceFacts } from './workspace-facts.ts'
import { STANDING } from './standing.ts'

const PAGE = 500
const LOOK_EVERY = 60_000

/** Notes who is in the audience now, so that only those who come into it later enter. */
export async function recordMembers(
  tx: Tx,
  { flow, audience }: { flow: number; audience: string | Condition },
): Promise<void> {
  const params: unknown[] = [flow]
  const inside = await asked(tx, { audience, workspace: await readWorkspaceFacts(tx) }, params)
  await tx.rows(
    `insert into membership (workspace, flow, member)
     select m.workspace, $1, m.id from member m where ${STANDING} and ${inside} on conflict do nothing`,
    params,
  )
}

/**
 * One page of a look at an audience: first who came into it is noted and enters, then who left it is forgotten, so that
 * they enter again when they return. Only those who changed are read; each is asked once more under their lock.
 */
export async function lookAtAudience(
  tx: Tx,
  memory: Memory,
  { watch, audience }: { watch: HeldWatch; audience: string | Condition },
): Promise<boolean> {
  const of = { watch, asked: { audience, workspace: await memory.workspace(tx) } }
  const page = watch.leaving ? await leftFrom(tx, of) : await cameInto(tx, of)
  const inside = await stillInside(tx, memory, { audience, members: page })
  const members = page.filter((id) => inside.has(id) !== watch.leaving)
  if (watch.leaving) await forget(tx, { watch, members })
  else await noteCome(tx, memory, { watch, members })
  const last = page.at(-1)
  if (last !== undefined && page.length === PAGE)
    return moveWatch(tx, watch, { cursor: last, leaving: watch.leaving })
  if (!watch.leaving) return moveWatch(tx, watch, { cursor: 0, leaving: true })
  const next = new Date(watch.round_at.getTime() + LOOK_EVERY)
  return moveWatch(tx, watch, { next, seenUntil: watch.round_at })
}

/** Those of the members, locked from here on, who are in the audience. */
async function stillInside(
  tx: Tx,
  memory: Memory,
  { audience, members }: { audience: string | Condition; members: number[] },
): Promise<Set<number>> {
  if (members.length === 0) return new Set()
  const ids = await lockLiving(tx, members)
  const [inside] = await whoIsIn(tx, memory, { wheres: [audienceCondition(audience)], ids })
  return inside ?? new Set()
}

interface Asking {
  watch: HeldWatch
  asked: { audience: string | Condition; workspace: WorkspaceFacts }
}

async function cameInto(tx: Tx, { watch, asked: of }: Asking): Promise<number[]> {
  const params: unknown[] = [watch.flow, watch.cursor, PAGE]
  const inside = await asked(tx, of, params)
  const rows = await tx.rows<{ id: number }>(
    `select m.id from member m where m.id > $2 and ${STANDING} and ${inside}
       and not exists (select from membership s where s.flow = $1 and s.member = m.id) order by m.id limit $3`,
    params,
  )
  return rows.map((row) => row.id)
}

async function leftFrom(tx: Tx, { watch, asked: of }: Asking): Promise<number[]> {
  const params: unknown[] = [watch.flow, watch.cursor, PAGE]
  const inside = await asked(tx, of, params)
  const rows = await tx.rows<{ id: number }>(
    `select m.id from membership s join member m on m.id = s.member
     where s.flow = $1 and s.member > $2 and not (m.erased_at is null and ${inside}) order by s.member limit $3`,
    params,
  )
  return rows.map((row) => row.id)
}

async function asked(tx: Tx, { audience, workspace }: Asking['asked'], params: unknown[]): Promise<string> {
  const place = { audiences: workspace.audiences, now: await nowOf(tx) }
  return audienceSql(audienceCondition(audience), place, params)
}

async function noteCome(
  tx: Tx,
  memory: Memory,
  { watch, members }: { watch: HeldWatch; members: number[] },
): Promise<void> {
  if (members.length === 0) return
  await tx.rows(
    `insert into membership (workspace, flow, member)
     select current_setting('app.workspace')::int, $1, member from unnest($2::bigint[]) member`,
    [watch.flow, members],
  )
  const entrants = await entrantsWithout(tx, members, { type: null, data: {} })
  await enter(tx, memory, { version: watch.version, entrants, lane: 'bulk' })
}

async function forget(tx: Tx, { watch, members }: { watch: HeldWatch; members: number[] }): Promise<void> {
  if (members.length === 0) return
  await tx.rows('delete from membership where flow = $1 and member = any($2::bigint[])', [
    watch.flow,
    members,
  ])
}
