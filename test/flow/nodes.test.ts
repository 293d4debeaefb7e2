import { describe, expect, test } from 'vitest'
import { compile } from '../../flow/compile.ts'
import { sayVerdict } from '../../flow/conditions/words.ts'
import type { Verdict } from '../../flow/conditions/verdict.ts'
import { NODES } from '../../flow/nodes/registry.ts'
import type { NodeOf, NodeKind, PlanNode } from '../../flow/plan.ts'
import type { Scene } from '../../flow/scene.ts'
import { ANYBODY } from '../../flow/reader.ts'
import { enrollmentWith, eventWith, memberWith, NOW, WORKSPACE } from './scene.ts'
import { winner } from './winner.ts'

const PLAN = compile(winner())

function sceneAt(node: string, facts: Parameters<typeof enrollmentWith>[0] = {}): Scene {
  const enrollment = enrollmentWith({ node, ...facts })
  return {
    plan: PLAN,
    workspace: WORKSPACE,
    member: memberWith(),
    enrollment,
    now: NOW,
    seq: 200,
    paused: false,
  }
}

function planned<K extends NodeKind>(id: string, kind: K): NodeOf<K> {
  const node: PlanNode | undefined = PLAN.nodes[id]
  if (node?.kind !== kind) throw new Error(`${id} is no ${kind}`)
  return node as NodeOf<K> // its kind was just compared
}

test('a trigger takes its member onward', () => {
  const turn = NODES.trigger.decide('won', planned('won', 'trigger'), sceneAt('won'))
  expect(turn).toEqual({ take: 'next', reason: { code: 'entered', args: { event: 'CampaignGameWon' } } })
})

describe('an audience', () => {
  const node = planned('grand', 'audience')

  test('lets those pass who are in it', () => {
    expect(NODES.audience.decide('grand', node, sceneAt('grand'))).toMatchObject({ take: 'next' })
  })

  test('sends the others out with what they lacked, under its label', () => {
    const entry = { id: null, type: null, at: NOW, data: { prize: { tier: 'silver' } } }
    const turn = NODES.audience.decide('grand', node, sceneAt('grand', { entry }))
    expect(turn).toMatchObject({ leave: { code: 'not-in-audience', args: { label: 'Grand prize only' } } })
    const { args } = (turn as { leave: { args: unknown } }).leave // its shape was just matched
    expect(sayVerdict(args as Verdict, ANYBODY)).toBe('prize tier was *silver*')
  })
})

describe('a condition', () => {
  const node = planned('redeemed', 'condition')

  test('takes no, and says why', () => {
    const turn = NODES.condition.decide('redeemed', node, sceneAt('redeemed'))
    expect(turn).toMatchObject({ take: 'no', reason: { code: 'condition', args: { truth: false } } })
  })

  test('takes yes once it is so', () => {
    const scene = { ...sceneAt('redeemed'), member: memberWith({ events: [eventWith()] }) }
    expect(NODES.condition.decide('redeemed', node, scene)).toMatchObject({ take: 'yes' })
  })
})

describe('a wait for a duration', () => {
  const node = planned('pause', 'wait')
  const dueAt = NOW + 48 * 3_600_000
  const rest = { code: 'wait', args: { ms: 48 * 3_600_000 } }

  test('begins when the member arrived, not when it is decided', () => {
    const turn = NODES.wait.decide('pause', node, sceneAt('pause', { arrivedAt: NOW - 1_000 }))
    expect(turn).toEqual({ rest, dueAt: dueAt - 1_000 })
  })

  test('goes on unchanged when it is looked at early', () => {
    const scene = { ...sceneAt('pause', { rest, dueAt }), now: dueAt - 1 }
    expect(NODES.wait.decide('pause', node, scene)).toEqual({ rest, dueAt })
  })

  test('keeps a moment that was moved meanwhile', () => {
    const scene = { ...sceneAt('pause', { rest, dueAt: dueAt + 5 }), now: dueAt }
    expect(NODES.wait.decide('pause', node, scene)).toEqual({ rest, dueAt: dueAt + 5 })
  })

  test('ends at its moment, not before', () => {
    const scene = { ...sceneAt('pause', { rest, dueAt }), now: dueAt }
    expect(NODES.wait.decide('pause', node, scene)).toMatchObject({
      take: 'next',
      reason: { code: 'waited' },
    })
  })
})
