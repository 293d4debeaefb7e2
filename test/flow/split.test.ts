import { describe, expect, test } from 'vitest'
import type { Condition } from '../../flow/conditions/schema.ts'
import { decide } from '../../flow/decide.ts'
import type { PlanSplit } from '../../flow/plan.ts'
import { say } from '../../flow/words.ts'
import { standing, type Standing } from './standing.ts'

function steps(by: PlanSplit, at: Standing = {}, id = 'split') {
  const handles = by.by === 'weight' ? by.arms : [...by.cases, { id: 'else' }]
  const exits = Object.fromEntries(handles.map((one) => [one.id, null]))
  return decide(standing({ nodes: { [id]: { kind: 'split', label: null, by, exits } }, ...at })).steps
}

describe('by weight', () => {
  const arms = (...weights: number[]): PlanSplit => ({
    by: 'weight',
    arms: weights.map((weight, n) => ({ id: 'abc'[n] ?? '', weight })),
  })
  const armOf = (member: number, by: PlanSplit, id?: string) =>
    steps(by, { member: { id: member } }, id)[0]?.outcome
  const members = Array.from({ length: 4_000 }, (_, n) => n + 1)
  const share = (arm: string, by: PlanSplit) =>
    members.filter((member) => armOf(member, by) === arm).length / members.length

  test('a member takes the same arm each time', () => {
    expect(members.slice(0, 50).map((one) => armOf(one, arms(1, 1)))).toEqual(
      members.slice(0, 50).map((one) => armOf(one, arms(1, 1))),
    )
  })

  test('another split draws anew', () => {
    const same = members.filter((one) => armOf(one, arms(1, 1)) === armOf(one, arms(1, 1), 'other'))
    expect(same.length / members.length).toBeCloseTo(0.5, 1)
  })

  test.each([
    [[1, 1], 'a', 0.5],
    [[45, 45, 10], 'c', 0.1],
    [[0.2, 0.6, 0.2], 'b', 0.6],
    [[3, 1], 'b', 0.25],
  ])('weights %j send their share to %s', (weights, arm, expected) => {
    expect(share(arm, arms(...weights))).toBeCloseTo(expected, 1)
  })

  test('one arm takes everybody', () => {
    expect(share('a', arms(7))).toBe(1)
  })

  test('who stays in the first arm when it is made smaller was in it before', () => {
    const before = members.filter((one) => armOf(one, arms(50, 50)) === 'a')
    const after = members.filter((one) => armOf(one, arms(20, 80)) === 'a')
    expect(after.filter((one) => !before.includes(one))).toEqual([])
  })

  test('the share is told', () => {
    const [step] = steps(arms(45, 45, 10))
    expect(step && say(step.reason)).toMatch(
      /^Takes \*[ab]\*: 45 % of members do, and the same ones each time\.$/,
    )
  })
})

describe('by cases', () => {
  const tier = (value: string): Condition => ({ field: 'member.tier', op: 'eq', value })
  const cases: PlanSplit = {
    by: 'cases',
    cases: [
      { id: 'gold', if: tier('gold') },
      { id: 'known', if: { field: 'member.tier', op: 'exists' } },
    ],
  }
  const told = (attributes: Record<string, unknown>) =>
    steps(cases, { member: { attributes } }).map(({ outcome, reason }) => `${outcome}: ${say(reason)}`)

  test('the first that is true is taken, with what made it so', () => {
    expect(told({ tier: 'gold' })).toEqual(['gold: *split* Takes *gold* (tier was *gold*).'])
    expect(told({ tier: 'silver' })).toEqual(['known: *split* Takes *known* (tier was *silver*).'])
  })

  test('who is in none goes the way for all others, with what was found', () => {
    expect(told({})).toEqual(['else: *split* Takes the way for all others (tier was missing).'])
  })
})
