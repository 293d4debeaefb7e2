import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { audienceSql } from '../../db/conditions/audience-sql.ts'
import { memberFacts } from '../../db/hot/facts.ts'
import { evaluate } from '../../flow/conditions/evaluate.ts'
import type { Condition } from '../../flow/conditions/schema.ts'
import { conditionSchema } from '../../flow/conditions/schema.ts'
import type { MemberFacts, WorkspaceFacts } from '../../flow/facts.ts'
import { anyAudience } from './any-audience.ts'
import { openHouse, type House } from './house.ts'
import { populate } from './population.ts'
import { LISTS, NOW, TYPES } from './vocabulary.ts'

const TREES = 2_000
const MEMBERS = 300
const SEED = 20_261_121

let house: House
let workspace: WorkspaceFacts
let facts: MemberFacts[]
beforeAll(async () => {
  house = await openHouse()
  await populate(house, { members: MEMBERS, seed: SEED })
  ;({ workspace, facts } = await house.within(async (tx) => {
    const ids = await tx.rows<{ id: number }>('select id from member')
    const needs = {
      events: [...TYPES],
      eventsWithinMs: null,
      lists: [...LISTS],
      audiences: [],
      flows: ['all'],
      templates: [],
      webhooks: false,
    }
    const found = await memberFacts(tx, { members: ids.map((row) => row.id), needs, capLookBack: 0 })
    return { workspace: await house.desk.memory.workspace(tx), facts: [...found.values()] }
  }))
})
afterAll(() => house.close())

const byEvaluate = (where: Condition) =>
  facts
    .filter((member) => evaluate(where, { member, workspace, now: NOW, enrollment: null }).truth)
    .map((member) => member.id)

async function bySql(where: Condition): Promise<number[]> {
  const params: unknown[] = []
  const inside = audienceSql(where, { audiences: workspace.audiences, now: NOW }, params)
  const rows = await house.rows<{ id: number }>(`select m.id from member m where ${inside}`, params)
  return rows.map((row) => row.id)
}

const inOrder = (ids: number[]) => ids.toSorted((a, b) => a - b)

test(`SQL and JavaScript put the same of ${MEMBERS} random members into each of ${TREES} random audiences`, async () => {
  expect(facts).toHaveLength(MEMBERS)
  let telling = 0
  const agree = fc.asyncProperty(anyAudience, async (where) => {
    expect(conditionSchema.safeParse(where).error?.issues).toBeUndefined()
    const expected = inOrder(byEvaluate(where))
    expect(inOrder(await bySql(where))).toEqual(expected)
    if (expected.length > 0 && expected.length < MEMBERS) telling += 1
  })
  await fc.assert(agree, { numRuns: TREES, seed: SEED })
  expect(telling).toBeGreaterThan(TREES / 5)
}, 300_000)
