import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { explain } from '../../flow/conditions/explain.ts'
import { evaluate } from '../../flow/conditions/evaluate.ts'
import type { Condition } from '../../flow/conditions/schema.ts'
import { soundAudiences } from '../../flow/conditions/sound-audiences.ts'
import { ANYBODY } from '../../flow/reader.ts'
import { anyCondition, anyScene } from './any-condition.ts'
import { sceneWith } from './scene.ts'

const ana = sceneWith({ member: { attributes: { tier: 'silver', points: 7 }, lists: ['vip'] } })
const gold: Condition = { field: 'member.tier', op: 'eq', value: 'gold' }
const points: Condition = { field: 'member.points', op: 'gt', value: 5 }
const vip: Condition = { inList: 'vip' }

const lines = (where: Condition) =>
  explain(where, { scene: ana, reader: ANYBODY }).told.map(
    ({ path, truth, decisive, says }) =>
      `${path || '.'} ${truth ? 'yes' : 'no'}${decisive ? '' : ' (so what)'}: ${says}`,
  )

describe('why a member is, or is not, in an audience', () => {
  test('every question says what it found, in the order in which they stand', () => {
    expect(lines({ all: [gold, points, { not: vip }] })).toEqual([
      'all[0] no: tier was *silver*',
      'all[1] yes (so what): points was *7*',
      'all[2].not yes: on the list *vip*',
    ])
  })

  test('one that alone settles it stands out among those that need not have been asked', () => {
    expect(lines({ any: [gold, points, { all: [vip, gold] }] })).toEqual([
      'any[0] no (so what): tier was *silver*',
      'any[1] yes: points was *7*',
      'any[2].all[0] yes (so what): on the list *vip*',
      'any[2].all[1] no (so what): tier was *silver*',
    ])
    expect(lines({ all: [points, vip] })).toEqual([
      'all[0] yes: points was *7*',
      'all[1] yes: on the list *vip*',
    ])
    expect(lines(gold)).toEqual(['. no: tier was *silver*'])
    expect(lines({ all: [] })).toEqual([])
  })

  test('the answer is the one that decisions are made on', () => {
    fc.assert(
      fc.property(anyCondition, anyScene, (where, scene) => {
        const condition = where as Condition // anyCondition makes conditions
        const workspace = { audiences: soundAudiences(scene.workspace.audiences) }
        const sound = { ...scene, workspace }
        expect(explain(condition, { scene: sound, reader: ANYBODY }).truth).toBe(
          evaluate(condition, sound).truth,
        )
      }),
      { numRuns: 500 },
    )
  })
})
