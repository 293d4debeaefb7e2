import { compile } from '../flow/compile.ts'
import type { FlowDocument } from '../flow/document.ts'
import { durationMs } from '../flow/duration.ts'
import { shortened } from '../flow/test-plan.ts'
import { enter } from './enter.ts'
import { entrantsWithout } from './entrants.ts'
import { missing } from './fault.ts'
import { lockLiving } from './living.ts'
import type { Memory } from './memory.ts'
import type { Tx } from './pool.ts'
import { storeVersion } from './versions.ts'

export interface Testing {
  flow: { id: number; revision: number }
  document: FlowDocument
  /** Ids of the members who get it. */
  members: number[]
  /** Stands for the data of the event that starts the flow. */
  data: Record<string, unknown>
  /** How long every wait takes instead, ISO 8601. */
  waits: string
  author: string
}

/**
 * Sends these members through the drawing as it is, on a hidden version of its own: neither the live version nor the
 * flow's state knows of it. They enter whatever its trigger asks for.
 */
export async function startTestRun(tx: Tx, memory: Memory, testing: Testing): Promise<number> {
  const { flow, document, members, data, waits, author } = testing
  const testRun = await insertTestRun(tx, testing)
  const plan = shortened(compile(document), durationMs(waits) ?? 0)
  const version = await storeVersion(tx, { flow: flow.id, document, plan, note: null, author, testRun })
  const alive = await lockLiving(tx, members)
  const trigger = plan.nodes[plan.start]
  const type = trigger?.kind === 'trigger' && trigger.on.by === 'event' ? trigger.on.event : null
  const entrants = await entrantsWithout(tx, alive, { type, data })
  await enter(tx, memory, { version: version.id, entrants, lane: 'urgent', test: true })
  return testRun
}

async function insertTestRun(tx: Tx, { flow, waits, author }: Testing): Promise<number> {
  const [row] = await tx.rows<{ id: number }>(
    `insert into test_run (workspace, flow, revision, waits, author)
     values (current_setting('app.workspace')::int, $1, $2, $3, $4) returning id`,
    [flow.id, flow.revision, waits, author],
  )
  if (!row) throw new Error('an insert of one test run returns one row')
  return row.id
}

export interface TestRunRow {
  id: number
  flow: number
  revision: number
  waits: string
  author: string
  started_at: Date
  active: number
  resting: number
  ended: number
}

const COLUMNS = `t.id, t.flow, t.revision, t.waits, t.author, t.started_at, n.active, n.resting, n.ended`
const COUNTED = `test_run t join flow_version v on v.test_run = t.id, lateral (
  select count(*) filter (where state = 'active') active, count(*) filter (where state = 'resting') resting,
    count(*) filter (where state = 'ended') ended
  from enrollment e where e.version = v.id and e.test) n`

export async function readTestRun(tx: Tx, id: number): Promise<TestRunRow> {
  const [row] = await tx.rows<TestRunRow>(`select ${COLUMNS} from ${COUNTED} where t.id = $1`, [id])
  if (!row) throw missing('test run')
  return row
}

/** Newest first. */
export async function listTestRuns(
  tx: Tx,
  of: { flow: number; limit: number; before?: number | undefined },
): Promise<TestRunRow[]> {
  return tx.rows<TestRunRow>(
    `select ${COLUMNS} from ${COUNTED}
     where t.flow = $1 and ($2::bigint is null or t.id < $2) order by t.id desc limit $3`,
    [of.flow, of.before ?? null, of.limit],
  )
}
