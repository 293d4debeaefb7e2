import type { Tx } from '../pool.ts'
import { retryDeadlock } from '../retry-deadlock.ts'
import { inBatches, type Forgetting } from './in-batches.ts'

const BATCH = 500

/**
 * Forgets journeys that ended before this day: their steps, messages, receipts and calls go, and what they began with. The
 * newest of a member in each flow stays as a bare row, because re-entry rules and conditions ask whether they ever were
 * in it. Answers how many.
 */
export async function forgetJourneys(of: Forgetting, before: string): Promise<number> {
  let after = 0
  return inBatches(of, BATCH, () =>
    retryDeadlock(() =>
      of.db.inWorkspace(of.workspace, async (tx) => {
        const ended = await endedBefore(tx, before, after)
        after = ended.at(-1)?.id ?? after
        await forget(tx, ended)
        return ended.length
      }),
    ),
  )
}

interface Ended {
  id: number
  period: string
  /** The member was in the flow again since; or it was a test. */
  superseded: boolean
}

async function endedBefore(tx: Tx, day: string, after: number): Promise<Ended[]> {
  return tx.rows<Ended>(
    `select e.id, e.period, e.test or exists (select from enrollment n
       where n.member = e.member and n.flow = e.flow and n.id > e.id and not n.test) superseded
     from enrollment e where e.id > $2 and e.state = 'ended' and e.ended_at < $1::date and not e.emptied
       and not exists (select from message m where m.enrollment = e.id and m.status in ('pending', 'sending'))
     order by e.id limit ${BATCH}`,
    [day, after],
  )
}

/** In the order in which everybody locks: messages, calls, enrollments. */
async function forget(tx: Tx, ended: Ended[]): Promise<void> {
  if (ended.length === 0) return
  const ids = ended.map((one) => one.id)
  const periods = [...new Set(ended.map((one) => one.period))]
  const own = 'enrollment = any($1::bigint[]) and period = any($2::date[])'
  await tx.rows(`delete from step where ${own}`, [ids, periods])
  await tx.rows(
    `delete from receipt where message = any(array(select id from message where ${own} order by id for update))`,
    [ids, periods],
  )
  await tx.rows(`delete from message where ${own}`, [ids, periods])
  await tx.rows('delete from webhook_call where enrollment = any($1::bigint[])', [ids])
  await tx.rows('delete from enrollment where id = any($1::bigint[])', [
    ended.filter((one) => one.superseded).map((one) => one.id),
  ])
  await tx.rows(
    `update enrollment set emptied = true, entry = null, journey = null, reason = reason - 'args' where id = any($1::bigint[])`,
    [ids],
  )
}
