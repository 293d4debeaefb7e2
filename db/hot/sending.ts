import type { WorkspaceFacts } from '../../flow/facts.ts'
import type { Memory } from '../memory.ts'
import type { Tx } from '../pool.ts'
import { readyStands, type StandKey } from './stands.ts'

/** Rests that a setting caused, by the setting; the time zone has its part in all whose end was read off a clock. */
const RESTS = {
  sending: ['sending-off'],
  quietHours: ['quiet-hours'],
  frequencyCaps: ['frequency-cap'],
  timeZone: [],
}

/**
 * Makes those due at once who rest because of a setting that has changed: they are decided afresh, and rest on where
 * it still says so. Rows that are locked are being decided on: their decision looks at the settings once more before it
 * rests anybody (`factsToDecideOn`, `factsToRestBy`). Waiting for them here would be a deadlock.
 */
export async function reconsider(tx: Tx, changed: (keyof typeof RESTS)[]): Promise<void> {
  if (changed.length === 0) return
  const due = await tx.rows<StandKey>(
    `update enrollment set due_at = now() where id = any(array(
       select e.id from stand s
       join enrollment e on e.version = s.version and e.node = s.node and e.lane = s.lane
       where s.workspace = current_setting('app.workspace')::int and e.state <> 'ended' and e.due_at > now()
         and e.walk is null and (e.rest->>'code' = any($1::text[]) or ($2::boolean and e.rest->'args' ? 'zone'))
       for no key update of e skip locked))
     returning version, node, lane`,
    [changed.flatMap((setting) => RESTS[setting]), changed.includes('timeZone')],
    'reconsider',
  )
  const stands = new Map(due.map((key) => [`${key.version} ${key.node} ${key.lane}`, key]))
  await readyStands(tx, [...stands.values()])
}

/**
 * The facts of a workspace. While sending is off, or this flow paused, that is held until commit, so that switching it
 * on misses nobody who rests because of it.
 */
export async function factsToDecideOn(tx: Tx, memory: Memory, flow: number): Promise<WorkspaceFacts> {
  const facts = await memory.workspace(tx)
  const paused = facts.acts[flow]?.paused ?? false
  if (facts.sending && !paused) return facts
  if (paused) await tx.rows('select 1 from flow where id = $1 for share', [flow])
  if (!facts.sending) await tx.rows('select 1 from settings for share')
  const held = await memory.workspace(tx)
  return held === facts ? held : factsToDecideOn(tx, memory, flow)
}

/**
 * The facts of a workspace, held until commit: whoever changes the settings then finds the members who are about to
 * rest because of them. Other facts than before if somebody did meanwhile.
 */
export async function factsToRestBy(tx: Tx, memory: Memory, flow: number): Promise<WorkspaceFacts> {
  await tx.rows('select 1 from settings for share')
  return factsToDecideOn(tx, memory, flow)
}
