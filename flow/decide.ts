import { changed, type Change } from './change.ts'
import { evaluate } from './conditions/evaluate.ts'
import type { Decision, Step } from './decision.ts'
import type { EnrollmentFacts, Rest } from './facts.ts'
import { NODES } from './nodes/registry.ts'
import type { PlanNode, Target } from './plan.ts'
import type { Reason } from './reason.ts'
import type { Scene, Turn } from './scene.ts'

/**
 * Takes one member from where they stand up to an effect, a rest or the end. Pure: live runs, dry runs and "why" call
 * the same function with their own facts and clock.
 */
export function decide(scene: Scene): Decision {
  const journey: Journey = { scene, steps: [], moves: [], changes: [] }
  for (;;) {
    const ending = endsHere(journey.scene)
    if (ending) return leave(journey, ending)
    const { node: nodeId } = journey.scene.enrollment
    const node = journey.scene.plan.nodes[nodeId]
    if (!node) return leave(journey, { code: 'node-gone', args: { node: nodeId } })
    const turn = takeTurn(nodeId, node, journey.scene)
    const { lapsed } = journey.scene.enrollment
    if (lapsed && !cameInTime(node, turn)) return leave(journey, lapsed)
    if (journey.scene.paused && !goesOn(node, turn)) return hold(journey, node, turn)
    if (!('take' in turn)) return settle(journey, node, turn)
    const target = exitOf(node, turn.take)
    record(journey, { outcome: turn.outcome ?? turn.take, reason: turn.reason, ...candidatesOf(turn) })
    journey.moves.push({ node: nodeId, what: `>${turn.take}` })
    if (turn.change) apply(journey, turn.change)
    if (target === null) return decision(journey, { do: 'end', reason: { code: 'end' } })
    journey.moves.push({ node: target, what: 'in' })
    journey.scene = arriveAt(journey.scene, target)
  }
}

interface Journey {
  scene: Scene
  steps: Step[]
  moves: Decision['moves']
  changes: Change[]
}

/** A compiled plan is acyclic, so each node decides at most once in a walk through it. */
function takeTurn(nodeId: string, node: PlanNode, scene: Scene): Turn {
  const { decide } = NODES[node.kind]
  // The registry pairs each kind with its own node type; TypeScript cannot follow that pairing through an index.
  return (decide as (id: string, node: PlanNode, scene: Scene) => Turn)(nodeId, node, scene)
}

/** An act on the member or the flow, or the exit criteria, ends a journey before any node is asked. */
function endsHere(scene: Scene): Reason | null {
  if (scene.enrollment.mark) return scene.enrollment.mark
  if (scene.member.erased) return { code: 'erased' }
  const { exitWhen } = scene.plan.settings
  if (!exitWhen) return null
  const verdict = evaluate(exitWhen, scene)
  return verdict.truth ? { code: 'exit-criteria', args: { because: verdict.because } } : null
}

/** What comes after in the same decision sees the member as changed. */
function apply(journey: Journey, change: Change): void {
  const { scene } = journey
  journey.scene = { ...scene, member: changed(scene.member, change, scene.now) }
  journey.changes.push(change)
}

function leave(journey: Journey, reason: Reason): Decision {
  journey.moves.push({ node: journey.scene.enrollment.node, what: 'left' })
  record(journey, { outcome: 'left', reason })
  return decision(journey, { do: 'end', reason })
}

/** What a pause does not hold up: a hand-over under way, and the event that a member waits for. */
function goesOn(node: PlanNode, turn: Turn): boolean {
  return 'carry' in turn || (node.kind === 'wait' && 'take' in turn && turn.take === 'happened')
}

/** What a member rested for has come, whatever became of their clock: the event, or word of their message. */
function cameInTime(node: PlanNode, turn: Turn): boolean {
  return goesOn(node, turn) || (node.kind === 'send' && 'take' in turn && turn.take === 'next')
}

/** A member of a paused flow keeps the rest they have, whose clock stands still, or begins one here that does. */
function hold(journey: Journey, node: PlanNode, turn: Turn): Decision {
  const { scene } = journey
  const { rest } = scene.enrollment
  if (!rest) record(journey, { outcome: 'resting', reason: { code: 'paused' } })
  const begun = 'rest' in turn && hasItsTime(node, turn.rest) ? restOf(turn, node, scene) : PAUSED
  const awaits = 'rest' in turn ? turn.rest.awaits : undefined
  const kept = { ...(rest ?? begun), ...(awaits && { awaits }), held: true } as const
  return decision(journey, { do: 'rest', dueAt: null, rest: kept })
}

const PAUSED: Rest = { code: 'paused', until: null }

function settle(journey: Journey, node: PlanNode, turn: Exclude<Turn, { take: string }>): Decision {
  if ('leave' in turn) return leave(journey, turn.leave)
  if ('carry' in turn) return decision(journey, { do: 'carry', ...(turn.held && { held: turn.held }) })
  if ('call' in turn) {
    record(journey, { outcome: 'sent', reason: turn.reason })
    return decision(journey, { do: 'call' })
  }
  if ('send' in turn) {
    for (const [index, { channel, hop }] of turn.send.entries()) {
      // What was considered is told once, with the first of the hops.
      const first = index === 0
      const reason = first ? turn.reason : { code: 'hop', args: { channel, hop } }
      record(journey, { outcome: 'sent', reason, ...(first && { candidates: turn.candidates }) })
    }
    return decision(journey, { do: 'send', hops: turn.send })
  }
  if (!alreadyRests(journey.scene.enrollment, turn)) {
    const args = { ...turn.rest.args, dueAt: turn.dueAt }
    record(journey, { outcome: 'resting', reason: { code: turn.rest.code, args }, ...candidatesOf(turn) })
  }
  return decision(journey, { do: 'rest', dueAt: turn.dueAt, rest: restOf(turn, node, journey.scene) })
}

/** What is stored of a rest. One that goes on keeps its end as it was written: pauses since then are added to that. */
function restOf(
  turn: Extract<Turn, { rest: Rest }>,
  node: PlanNode,
  { enrollment: { rest, ...enrollment }, now }: Scene,
): Rest {
  const { code, args, awaits } = turn.rest
  const goesOn = rest && alreadyRests({ rest, dueAt: enrollment.dueAt }, turn)
  const until = goesOn ? rest.until : turn.dueAt
  const since = goesOn ? rest.since : isClock(node, turn.rest) ? now : undefined
  return {
    code,
    ...(args && { args }),
    ...(awaits && { awaits }),
    ...(until !== undefined && { until }),
    ...(since !== undefined && { since }),
  }
}

/** Clocks stand still while the flow is paused. The time of day, quiet hours and caps know nothing of it. */
function isClock(node: PlanNode, { code }: Rest): boolean {
  return (
    code === 'hop-clock' || (node.kind === 'wait' && (node.for.by === 'duration' || node.for.by === 'event'))
  )
}

/** A rest of the step's own, not one that a rule imposed on it. */
function hasItsTime(node: PlanNode, { code }: Rest): boolean {
  return node.kind === 'wait' || code === 'hop-clock'
}

/** A rest that is merely looked at again (a wake-up that changed nothing) is not told twice. */
function alreadyRests(
  enrollment: Pick<EnrollmentFacts, 'rest' | 'dueAt'>,
  turn: { rest: Rest; dueAt: number | null },
): boolean {
  return enrollment.rest?.code === turn.rest.code && enrollment.dueAt === turn.dueAt
}

function arriveAt(scene: Scene, node: string): Scene {
  const enrollment = {
    ...scene.enrollment,
    node,
    arrivedAt: scene.now,
    rest: null,
    dueAt: null,
    lapsed: null,
  }
  return { ...scene, enrollment }
}

function exitOf(node: PlanNode, handle: string): Target {
  const exits: Record<string, Target> = node.exits
  return exits[handle] ?? null
}

function candidatesOf(turn: Turn): Pick<Step, 'candidates'> {
  return 'candidates' in turn && turn.candidates ? { candidates: turn.candidates } : {}
}

function record(journey: Journey, step: Omit<Step, 'node' | 'at'>): void {
  journey.steps.push({ node: journey.scene.enrollment.node, at: journey.scene.now, ...step })
}

function decision(journey: Journey, next: Decision['next']): Decision {
  const { node } = journey.scene.enrollment
  return {
    steps: journey.steps,
    moves: journey.moves,
    changes: journey.changes,
    node,
    moved: journey.moves.some((m) => m.what === 'in'),
    next,
  }
}
