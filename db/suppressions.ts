import type { Channel } from '../flow/channels/channel.ts'
import { failPending } from './pending.ts'
import type { Tx } from './pool.ts'

/** An address, by its digest, that a channel must not use again. */
export interface Suppression {
  channel: Channel
  digest: Buffer
  why: string
  /** The message that told. */
  message: number
}

/** Stores suppressions and fails what was about to go there. The caller holds the locks of all who have the address. */
export async function suppress(tx: Tx, suppressions: Suppression[]): Promise<void> {
  if (suppressions.length === 0) return
  const struck = await tx.rows<{ member: number; channel: Channel; reason: string; at: Date }>(
    `with added as (
       insert into suppression (workspace, channel, digest, reason, message)
       select current_setting('app.workspace')::int, r.* from unnest($1::text[], $2::bytea[], $3::text[], $4::bigint[]) r
       on conflict do nothing returning channel, digest, reason, at
     )
     select a.member, s.channel, s.reason, s.at from added s join address a on a.digest = s.digest`,
    [
      suppressions.map((one) => one.channel),
      suppressions.map((one) => one.digest),
      suppressions.map((one) => one.why),
      suppressions.map((one) => one.message),
    ],
  )
  await failPending(tx, struck.map(refusal))
}

function refusal({
  member,
  channel,
  reason,
  at,
}: {
  member: number
  channel: Channel
  reason: string
  at: Date
}) {
  const args = { channel, why: reason, at: at.getTime() }
  return { member, channel, topic: null, reason: { code: 'suppressed', args } }
}
