import type { Channel } from '../flow/channels/channel.ts'
import type { Tx } from './pool.ts'
import { readSettings } from './settings.ts'

/** Messages that left since midnight on the workspace's clock, by channel. A row is made at most a day before it leaves. */
export async function sentToday(tx: Tx): Promise<Map<Channel, number>> {
  const { timeZone } = await readSettings(tx)
  const rows = await tx.rows<{ channel: Channel; n: number }>(
    `with today as (select date_trunc('day', now(), $1) begins)
     select channel, count(*)::int n from message, today
     where created_at >= begins - interval '1 day' and sent_at >= begins and not test group by channel`,
    [timeZone],
  )
  return new Map(rows.map(({ channel, n }) => [channel, n]))
}
