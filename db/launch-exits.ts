import type { Reason } from '../flow/reason.ts'
import { markLeaving } from './exits.ts'
import { lockMembers } from './hot/claim.ts'
import type { StandKey } from './hot/stands.ts'
import type { Db, Tx } from './pool.ts'
import { retryDeadlock } from './retry-deadlock.ts'

/** As many are marked in one transaction: a tenth of a second of locks. */
const BATCH = 1_000

const CANCELLED: Reason = { code: 'launch-cancelled' }

/**
 * Marks everybody inside who came with a cancelled launch, and fails what they had not sent: first those whom walks carry,
 * then the others. Whoever is decided on meanwhile leaves by that decision (`flow/acts`). Doing it again changes nothing.
 */
export async function takeOutOfLaunches(
  db: Db,
  { workspace, launch }: { workspace: number; launch: number | null },
): Promise<void> {
  const within = <T>(work: (tx: Tx) => Promise<T>): Promise<T> =>
    retryDeadlock(() => db.inWorkspace(workspace, work))
  for (const one of await within((tx) => takingOut(tx, launch))) {
    while ((await within((tx) => markCarried(tx, one))) === BATCH);
    for (let after: number | null = one.first; after !== null;) {
      const from: number = after
      after = await within((tx) => markNext(tx, one, from))
    }
    await within((tx) => tx.rows('update launch set taking_out = false where id = $1', [one.id]))
  }
}

interface TakingOut {
  id: number
  flow: number
  /** Null: nobody had entered. */
  first: number | null
  last: number | null
}

async function takingOut(tx: Tx, launch: number | null): Promise<TakingOut[]> {
  return tx.rows<TakingOut>(
    `select id, flow, first_enrollment "first", last_enrollment "last" from launch
     where taking_out and ($1::bigint is null or id = $1)`,
    [launch],
  )
}

type Inside = StandKey & { id: number; member: number }

const INSIDE = `state <> 'ended' and mark is null`
const COLUMNS = 'id, member, version, node, lane'

async function markCarried(tx: Tx, { id, flow }: TakingOut): Promise<number> {
  const rows = await tx.rows<Inside>(
    `select ${COLUMNS} from enrollment where walk = any(array(
       select w.id from walk w join stand s on s.id = w.stand join flow_version v on v.id = s.version where v.flow = $2))
       and launch = $1 and ${INSIDE} limit $3`,
    [id, flow, BATCH],
  )
  await mark(tx, rows)
  return rows.length
}

/** The people of a launch lie together in the order of their ids. Answers the last one; null after the end. */
async function markNext(tx: Tx, { id, last }: TakingOut, after: number): Promise<number | null> {
  const rows = await tx.rows<Inside>(
    `select ${COLUMNS} from enrollment where id between $2 and $3 and launch = $1 and ${INSIDE}
     order by id limit $4`,
    [id, after, last, BATCH],
  )
  await mark(tx, rows)
  return rows.length < BATCH ? null : (rows.at(-1)?.id ?? null)
}

async function mark(tx: Tx, rows: Inside[]): Promise<void> {
  await lockMembers(
    tx,
    rows.map((row) => row.member),
  )
  await markLeaving(
    tx,
    rows.map((row) => ({ row, reason: CANCELLED })),
  )
}
