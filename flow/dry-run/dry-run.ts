import { changed } from '../change.ts'
import { decide } from '../decide.ts'
import type { Decision, Hop } from '../decision.ts'
import type { EventFact, MemberFacts, Rest, WorkspaceFacts } from '../facts.ts'
import type { Plan } from '../plan.ts'
import { keptOut } from './door.ts'
import { answer } from './answer.ts'
import { handOver } from './hand-over.ts'
import { hear } from './hear.ts'
import { changeEnrollment, changeMember, type Fill, type Play } from './play.ts'
import type { Reply } from './reply.ts'

export interface Playing {
  plan: Plan
  workspace: WorkspaceFacts
  member: MemberFacts
  /** The data of the event that begins the journey; null: one that the trigger asks for is taken to have come, without data. */
  event: Record<string, unknown> | null
  /** The simulated instant of the entry, in ms since 1970. */
  start: number
  /** What this member, or a provider about them, answers; in order of time. */
  replies?: Reply[]
  /** The flow's public id: from the entry on the member is inside it. */
  flow?: string | null
  /** Left out, every message can be made. */
  fill?: Fill
}

/** A journey as it would go: its steps as they are recorded live, the movements for the sums, the channels used. */
export type Played = Pick<Play, 'steps' | 'moves' | 'sent'>

/** More than the longest journey through the largest flow has. */
const MOST_DECISIONS = 10_000

/**
 * Plays one member through a plan: the same `decide` as live, on a clock that jumps from rest to rest. Pure. Who would
 * rest until somebody acts (sending is switched off) is left resting.
 */
export function dryRun(playing: Playing): Played {
  const play = begin(playing)
  const { moves, sent } = play
  const reason = keptOut(play.scene, playing.event === null)
  if (reason) {
    const refused = { node: playing.plan.start, at: playing.start, outcome: 'refused', reason }
    return { steps: [refused], moves, sent }
  }
  enter(play, playing)
  carryOn(play)
  return { steps: play.steps, moves, sent }
}

function carryOn(play: Play): void {
  for (let decisions = 0; decisions < MOST_DECISIONS; decisions += 1) {
    const decision = decide(play.scene)
    const { next } = decision
    follow(play, decision)
    if (next.do === 'send') handOver(play, next.hops)
    else if (next.do === 'call') answer(play)
    else if (next.do !== 'rest' || !sleep(play, next)) return
  }
}

/** Nobody has received an event with such a number yet. */
const SEQ = 2 ** 50

function begin({ plan, workspace, member, event, start, replies = [], fill = () => null }: Playing): Play {
  const trigger = plan.nodes[plan.start]
  const type = trigger?.kind === 'trigger' && trigger.on.by === 'event' ? trigger.on.event : null
  const entry = { id: event && type && 'dry-run', type, at: start, data: event ?? {} }
  const received: EventFact[] = type === null ? [] : [{ seq: SEQ, type, at: start, data: entry.data }]
  const enrollment = {
    id: 0,
    node: plan.start,
    arrivedAt: start,
    rest: null,
    dueAt: null,
    enteredAt: start,
    seq: SEQ,
    entry,
    journey: {},
    mark: null,
    hops: [],
    calls: [],
    test: false,
  }
  const here = { ...member, events: [...member.events, ...received] }
  return {
    scene: { plan, workspace, member: here, enrollment, now: start, seq: SEQ, paused: false },
    pastSends: member.sends,
    hops: [],
    replies,
    next: 0,
    heard: new Set(),
    steps: [],
    moves: [],
    sent: [],
    fill,
  }
}

function enter(play: Play, { plan, flow, member }: Playing): void {
  play.moves.push({ node: plan.start, what: 'in' })
  if (!flow || !plan.needs.flows.includes(flow)) return
  const others = member.flows.filter(({ id }) => id !== flow)
  changeMember(play, { flows: [...others, { id: flow, state: 'inside' }] })
}

/** Takes the member to where a decision left them. */
function follow(play: Play, { steps, moves, changes, node, moved, next }: Decision): void {
  const rest = next.do === 'rest' ? next.rest : null
  const arrivedAt = moved ? play.scene.now : play.scene.enrollment.arrivedAt
  changeEnrollment(play, { node, arrivedAt, rest, dueAt: rest?.until ?? null })
  for (const change of changes) play.scene.member = changed(play.scene.member, change, play.scene.now)
  play.moves.push(...moves)
  play.steps.push(...steps)
  if (next.do === 'send') noteHops(play, next.hops)
  if (next.do === 'end' && next.reason.code === 'end')
    play.steps.push({ node, at: play.scene.now, outcome: 'end', reason: next.reason })
}

/** The last steps of a decision that sends are its hops, one for each. */
function noteHops({ steps }: Play, hops: Hop[]): void {
  const first = steps.length - hops.length
  for (const [index, hop] of hops.entries()) steps[first + index] = { ...steps[first + index]!, hop }
}

/** Lets time pass until the member is looked at again; false when nothing would ever wake them. */
function sleep(play: Play, { rest, dueAt }: { rest: Rest; dueAt: number | null }): boolean {
  for (
    let reply = play.replies[play.next];
    reply && reply.at <= (dueAt ?? Infinity);
    reply = play.replies[play.next]
  ) {
    play.next += 1
    if (hear(play, reply, rest)) return true
  }
  if (dueAt === null) return false
  play.scene.now = Math.max(play.scene.now, dueAt)
  return true
}
