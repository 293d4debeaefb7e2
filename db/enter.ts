import { evaluate } from '../flow/conditions/evaluate.ts'
import type { EnrollmentFacts } from '../flow/facts.ts'
import type { Carried } from './hot/claim.ts'
import { loadScenes } from './hot/scenes.ts'
import { readyStands, type Lane } from './hot/stands.ts'
import { addTallies } from './hot/tallies.ts'
import type { Memory } from './memory.ts'
import type { PublishedVersion } from './plans.ts'
import type { Tx } from './pool.ts'
import { admit, tellRefused, type Journey } from './reentry.ts'

/** A member who knocks at a flow's trigger. `seq`: later events have greater ones. */
export interface Entrant {
  member: number
  seq: number
  entry: NonNullable<EnrollmentFacts['entry']>
}

export interface Entering {
  version: number
  entrants: Entrant[]
  lane: Lane
  /** A test: everybody enters, whatever the trigger asks and the re-entry rule allows, and nobody is counted. */
  test?: boolean
}

/**
 * Enrolls those whom the trigger's `where` and the re-entry rule let in, ready at the trigger. The caller holds the
 * members' locks, so two entries of one member never both find the flow empty. Answers the enrollments' ids.
 */
export async function enter(tx: Tx, memory: Memory, entering: Entering): Promise<number[]> {
  const version = await memory.version(tx, entering.version)
  if (entering.test) return (await enroll(tx, version, entering)).map((journey) => journey.id)
  const wanted = await matching(tx, memory, { version, entering })
  const { admitted, refused } = await admit(tx, version, wanted)
  const begun = await enroll(tx, version, { ...entering, entrants: admitted })
  await tellRefused(tx, { node: version.plan.start, refused, begun })
  return begun.map((journey) => journey.id)
}

async function enroll(
  tx: Tx,
  version: PublishedVersion,
  { entrants, lane, test = false }: Entering,
): Promise<Journey[]> {
  if (entrants.length === 0) return []
  const { start } = version.plan
  const entry = tx.rows<Journey>(
    `insert into enrollment (workspace, flow, version, member, node, lane, state, due_at, period, seq, entry, test)
     select current_setting('app.workspace')::int, $1, $2, r.member, $3, $4, 'active', now(), date_trunc('month', now())::date, r.seq, r.entry, $6
     from jsonb_to_recordset($5::jsonb) r(member bigint, seq bigint, entry jsonb) returning id, member, period`,
    [version.flow, version.id, start, lane, JSON.stringify(entrants), test],
    'enter',
  )
  const [begun] = await Promise.all([
    entry,
    addTallies(tx, test ? [] : [{ version: version.id, node: start, what: 'in', n: entrants.length }]),
    readyStands(tx, [{ version: version.id, node: start, lane }]),
  ])
  return begun
}

/** Entrants for whom the trigger's own condition about the event is true. */
async function matching(
  tx: Tx,
  memory: Memory,
  of: { version: PublishedVersion; entering: Entering },
): Promise<Entrant[]> {
  const { plan } = of.version
  const { entrants } = of.entering
  const trigger = plan.nodes[plan.start]
  const where = trigger?.kind === 'trigger' && trigger.on.by === 'event' ? trigger.on.where : null
  if (!where) return entrants
  const carried = entrants.map((entrant, index) =>
    atTheDoor(entrant, { index, version: of.version, lane: of.entering.lane }),
  )
  const scenes = await loadScenes(tx, { plan, workspace: await memory.workspace(tx), carried })
  const pass = new Set(
    scenes.filter((scene) => evaluate(where, scene).truth).map((scene) => scene.enrollment.id),
  )
  return entrants.filter((_, index) => pass.has(index))
}

/** An entrant seen as an enrollment that is about to begin; its id is only its place in the batch. */
function atTheDoor(
  { member, seq, entry }: Entrant,
  at: { index: number; version: PublishedVersion; lane: Lane },
): Carried {
  const { id, flow, plan } = at.version
  const now = new Date()
  const nothing = { journey: null, rest: null, mark: null, due_at: null, test: false, period: '', seen: 0 }
  const when = { entered_at: now, arrived_at: now, now }
  return {
    ...nothing,
    ...when,
    id: at.index,
    flow,
    version: id,
    member,
    node: plan.start,
    lane: at.lane,
    seq,
    entry,
  }
}
