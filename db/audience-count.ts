import type { Condition } from '../flow/conditions/schema.ts'
import { whoIsIn } from './audience-truth.ts'
import type { Memory } from './memory.ts'
import { findMemberIds, membersById } from './member-views.ts'
import type { Tx } from './pool.ts'

export interface Counted {
  /** null: there are more members than one request looks at. */
  count: number | null
  /** External ids of the newest in it. */
  sample: string[]
}

const BATCH = 500
const LOOKED_AT_MOST = 20_000
const SAMPLE = 10

/** How many members each condition is true for now, in one pass over them. */
export async function countAudiences(tx: Tx, memory: Memory, wheres: Condition[]): Promise<Counted[]> {
  const tallies = wheres.map(() => ({ count: 0, newest: [] as number[] }))
  let before: number | undefined
  let looked = 0
  for (let more = wheres.length > 0; more && looked < LOOKED_AT_MOST; looked += BATCH) {
    const ids = await findMemberIds(tx, { before, limit: BATCH })
    for (const [n, inside] of (await whoIsIn(tx, memory, { wheres, ids })).entries()) {
      const tally = tallies[n]! // one set for each condition
      tally.count += inside.size
      tally.newest.push(...ids.filter((id) => inside.has(id)).slice(0, SAMPLE - tally.newest.length))
    }
    more = ids.length === BATCH
    before = ids.at(-1)
  }
  const rest = before === undefined ? [] : await findMemberIds(tx, { before, limit: 1 })
  const counted: Counted[] = []
  for (const { count, newest } of tallies) {
    const members = newest.length > 0 ? await membersById(tx, newest) : []
    counted.push({
      count: rest.length > 0 ? null : count,
      sample: members.map((member) => member.externalId),
    })
  }
  return counted
}
