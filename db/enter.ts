import { evaluate } from '../flow/conditions/evaluate.ts'
import type { Condition } from '../flow/conditions/schema.ts'
import type { Verdict } from '../flow/conditions/verdict.ts'
import type { EnrollmentFacts } from '../flow/facts.ts'
import { triggerOf } from '../flow/trigger-of.ts'
import type { Carried } from './hot/claim.ts'
import { loadScenes } from './hot/scenes.ts'
import { readyStands, type Lane } from './hot/stands.ts'
import { addTallies } from './hot/tallies.ts'
import type { Memory } from './memory.ts'
import type { PublishedVersion } from './plans.ts'
import type { Tx } from './pool.ts'
import { admit, tellRefused, type Journey, type Refused } from './reentry.ts'

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
  /** The launch that brings them. */
  launch?: number
}

export interface Entered {
  begun: Journey[]
  refused: Refused[]
}

/**
 * Enrolls those whom the trigger's `where` and the re-entry rule let in, ready at the trigger. The caller holds the
 * members' locks, so two entries of one member never both find the flow empty.
 */
export async function enter(tx: Tx, memory: Memory, entering: Entering): Promise<Entered> {
  const version = await memory.version(tx, entering.version)
  if (entering.test) return { begun: await enroll(tx, version, entering), refused: [] }
  const wanted = await matching(tx, memory, { version, entering })
  const { admitted, refused } = await admit(tx, version, wanted)
  const begun = await enroll(tx, version, { ...entering, entrants: admitted })
  await tellRefused(tx, { node: version.plan.start, refused, begun })
  return { begun, refused }
}

async function enroll(
  tx: Tx,
  version: PublishedVersion,
  { entrants, lane, test = false, launch }: Entering,
): Promise<Journey[]> {
  if (entrants.length === 0) return []
  const { start } = version.plan
  const entry = tx.rows<Journey>(
    `insert into enrollment (workspace, flow, version, member, node, lane, state, due_at, period, seq, entry, test, launch)
     select current_setting('app.workspace')::int, $1, $2, r.member, $3, $4, 'active', now(), date_trunc('month', now())::date, r.seq, r.entry, $6, $7
     from jsonb_to_recordset($5::jsonb) r(member bigint, seq bigint, entry jsonb) returning id, member, period`,
    [version.flow, version.id, start, lane, JSON.stringify(entrants), test, launch ?? null],
    'enter',
  )
  const [begun] = await Promise.all([
    entry,
    addTallies(tx, test ? [] : [{ version: version.id, node: start, what: 'in', n: entrants.length }]),
    readyStands(tx, [{ version: version.id, node: start, lane }]),
  ])
  return begun
}

/** Entrants for whom the trigger's own condition about the event is true; who enters without an event is not asked. */
async function matching(
  tx: Tx,
  memory: Memory,
  { version, entering }: { version: PublishedVersion; entering: Entering },
): Promise<Entrant[]> {
  const trigger = triggerOf(version.plan)
  const where = trigger.by === 'event' ? trigger.where : null
  const asked = where ? entering.entrants.filter(({ entry }) => entry.type !== null) : []
  if (!where || asked.length === 0) return entering.entrants
  const verdicts = await atTheDoor(tx, memory, { version, where, entrants: asked })
  return entering.entrants.filter((entrant) => verdicts.get(entrant)?.truth ?? entrant.entry.type === null)
}

/** What a trigger's condition says about each entrant and the event that brings them. */
export async function atTheDoor(
  tx: Tx,
  memory: Memory,
  { version, where, entrants }: { version: PublishedVersion; where: Condition; entrants: Entrant[] },
): Promise<Map<Entrant, Verdict>> {
  const carried = entrants.map((entrant, index) => aboutToBegin(entrant, index, version))
  const scenes = await loadScenes(tx, {
    plan: version.plan,
    workspace: await memory.workspace(tx),
    carried,
  })
  return new Map(scenes.map((scene) => [entrants[scene.enrollment.id]!, evaluate(where, scene)])) // ids are places
}

/** An entrant seen as an enrollment that is about to begin; its id is only its place in the batch. */
function aboutToBegin({ member, seq, entry }: Entrant, place: number, version: PublishedVersion): Carried {
  const { id, flow, plan } = version
  const now = new Date()
  const nothing = { journey: null, rest: null, mark: null, due_at: null, test: false, period: '', seen: 0 }
  const when = { entered_at: now, arrived_at: now, now }
  const where = { flow, version: id, node: plan.start, lane: 'urgent' } as const
  return { ...nothing, ...when, ...where, id: place, member, seq, entry }
}
