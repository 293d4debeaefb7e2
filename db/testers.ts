import type { Condition } from '../flow/conditions/schema.ts'
import type { WorkspaceFacts } from '../flow/facts.ts'
import { audiencePage } from './audience-page.ts'
import { invalid, type Fault, type Issue } from './fault.ts'
import type { Memory } from './memory.ts'
import type { Tx } from './pool.ts'
import { populationSize } from './population.ts'
import { limitStatements } from './time-limit.ts'

/** Who gets a test: members by their external ids, or an audience by its key or as a condition. */
export type Testers = { members: string[] } | { audience: string | Condition }

/** An audience may have grown since somebody last looked: a test to more must name them. */
const TESTERS_AT_MOST = 100
const PATIENCE_MS = 5_000

/** Ids of the members a test run is for; refused when there are none, or too many. */
export async function findTesters(tx: Tx, memory: Memory, testers: Testers): Promise<number[]> {
  if ('members' in testers) return named(tx, testers.members)
  const { audience } = testers
  const workspace = await memory.workspace(tx)
  const where = typeof audience === 'string' ? savedAs(audience, workspace) : audience
  await limitStatements(tx, PATIENCE_MS)
  // One more than allowed is enough to know that there are too many.
  const found = await audiencePage(tx, { where, workspace, after: 0, limit: TESTERS_AT_MOST + 1 })
  if (found.length === 0) throw refused('nobody', NOBODY(nameOf(audience)))
  if (found.length <= TESTERS_AT_MOST) {
    await limitStatements(tx, 0)
    return found
  }
  const count = await populationSize(tx, { of: { where }, workspace })
  throw refused('too-many-testers', TOO_MANY(nameOf(audience), count))
}

async function named(tx: Tx, members: string[]): Promise<number[]> {
  const known = await tx.rows<{ id: number; external_id: string }>(
    'select id, external_id from member where external_id = any($1::text[]) and erased_at is null',
    [members],
  )
  const ids = new Map(known.map((row) => [row.external_id, row.id]))
  const message = 'There is no member with this id.'
  const issues = members.flatMap((member, at): Issue[] =>
    ids.has(member) ? [] : [{ path: `members[${at}]`, code: 'unknown-member', message }],
  )
  if (issues.length > 0) throw invalid(issues)
  return [...ids.values()]
}

function savedAs(key: string, { audiences }: WorkspaceFacts): Condition {
  const where = Object.hasOwn(audiences, key) ? audiences[key] : undefined
  if (!where) throw refused('unknown-audience', UNKNOWN(key))
  return where
}

const refused = (code: string, message: string): Fault => invalid([{ path: 'audience', code, message }])

const nameOf = (audience: string | Condition): string =>
  typeof audience === 'string' ? `*${audience}*` : 'this audience'

const UNKNOWN = (key: string): string =>
  `There is no audience *${key}*. Save an audience of the people who try things out under that key, or name another audience or members.`

const NOBODY = (audience: string): string =>
  `Nobody is in ${audience}. Let it match the people who try things out, or name members.`

const TOO_MANY = (audience: string, count: number): string =>
  `${count} people are in ${audience}; a test run sends real messages, so it takes at most ${TESTERS_AT_MOST} from an audience. Choose a smaller one, or name up to 1,000 members.`
