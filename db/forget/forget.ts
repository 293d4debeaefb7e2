import { recordAudit } from '../audit.ts'
import type { Db } from '../pool.ts'
import { deleteInBatches, type Forgetting } from './in-batches.ts'
import { forgetJourneys } from './journeys.ts'
import { keepingOfAll, type Keeping } from './keeping.ts'
import { dropOldMonths, partsBefore, type Parent } from './months.ts'
import { sumTallies } from './sum-tallies.ts'

/** How many rows of a workspace went, by table; whole months have not been counted. */
type Gone = Record<string, number>

/**
 * Has all leave that no workspace keeps any longer: whole months first, then what else is old, a few rows at a time.
 * May be ended at any moment, and done again.
 */
export async function forget(db: Db, isOpen: () => boolean = () => true): Promise<void> {
  const keeping = await keepingOfAll(db)
  const bounded = keeping.filter(({ events, journeys, audit }) => events ?? journeys ?? audit)
  const months = bounded.length > 0 ? await dropOldMonths(db, keeping) : []
  for (const { workspace } of keeping) {
    await forgetShortLived({ db, workspace, isOpen })
    await sumTallies({ db, workspace, isOpen })
  }
  for (const one of bounded) {
    const of = { db, workspace: one.workspace, isOpen }
    const gone: Gone = {
      ...(one.events && (await forgetEvents(of, one.events))),
      ...(one.journeys && (await forgetPast(of, one.journeys))),
      ...(one.audit && (await forgetAudit(of, one.audit))),
    }
    await writeDown(db, one, { months, gone })
  }
}

/** Answers under a key are given again for a week; dates that made somebody enter cannot come again after a day. */
const SHORT_LIVED = [
  { table: 'idempotency', where: 'created_at < now() - $1::interval', param: '7 days' },
  {
    table: 'occurrence',
    where: `state <> 'waiting' and day < current_date - $1::interval`,
    param: '30 days',
  },
]

async function forgetShortLived(of: Forgetting): Promise<void> {
  for (const one of SHORT_LIVED) await deleteInBatches(of, one)
}

async function forgetEvents(of: Forgetting, before: string): Promise<Gone> {
  return {
    event: await forgetParts(of, { parent: 'event', where: 'received_at < $1::date', before }),
    event_key: await deleteInBatches(of, {
      table: 'event_key',
      where: 'received_on < $1::date',
      param: before,
    }),
  }
}

/** Receipts nobody's message was found for, and steps that were told of journeys whose month has left, go by their age. */
async function forgetPast(of: Forgetting, before: string): Promise<Gone> {
  const where = 'period < $1::date'
  return {
    enrollment: await forgetJourneys(of, before),
    receipt: await forgetParts(of, { parent: 'receipt', where, before }),
    step: await forgetParts(of, {
      parent: 'step',
      where: `${where} and not exists (select from enrollment e where e.id = enrollment and not e.emptied)`,
      before,
    }),
  }
}

async function forgetAudit(of: Forgetting, before: string): Promise<Gone> {
  return {
    audit: await deleteInBatches(of, { table: 'audit', where: 'at < $1::date', param: before }),
  }
}

interface OldParts {
  parent: Parent
  where: string
  before: string
}

async function forgetParts(of: Forgetting, { parent, where, before }: OldParts): Promise<number> {
  let gone = 0
  for (const table of await of.db.outside((tx) => partsBefore(tx, parent, before)))
    gone += await deleteInBatches(of, { table, where, param: before })
  return gone
}

async function writeDown(
  db: Db,
  { workspace, ...before }: Keeping,
  { months, gone }: { months: string[]; gone: Gone },
): Promise<void> {
  const rows = Object.fromEntries(Object.entries(gone).filter(([, n]) => n > 0))
  if (months.length === 0 && Object.keys(rows).length === 0) return
  await db.inWorkspace(workspace, (tx) =>
    recordAudit(tx, {
      actor: 'retention',
      action: 'retention.forget',
      subject: 'settings',
      after: { before, months, rows },
    }),
  )
}
