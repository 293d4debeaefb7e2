import type { Channel } from '../channels/channel.ts'
import type { Decision, Hop, Step } from '../decision.ts'
import type { HopFact, MemberFacts } from '../facts.ts'
import type { Progress } from '../receipt.ts'
import type { Reason } from '../reason.ts'
import type { Scene } from '../scene.ts'
import type { Reply } from './reply.ts'

/** A journey that is being played: the scene of its next decision, and what was told so far. */
export interface Play {
  scene: Scene
  hops: SimulatedHop[]
  /** What counted towards caps before this journey. */
  pastSends: MemberFacts['sends']
  /** In order of time; those before `next` have come, and are `heard` unless their message is not there yet. */
  replies: Reply[]
  next: number
  heard: Set<Reply>
  steps: PlayedStep[]
  moves: Decision['moves']
  sent: Channel[]
  fill: Fill
}

/** A step of a dry run; one that sends has its hop. */
export interface PlayedStep extends Step {
  hop?: Hop
}

/** Makes the message of a hop; what keeps it from being made fails the hop. */
export type Fill = (hop: Hop, scene: Scene) => Reason | null

export type SimulatedHop = HopFact & Progress

/** The scene is the play's own, and changed in place; facts that came from outside are replaced, never changed. */
export function changeMember(play: Play, change: Partial<Scene['member']>): void {
  Object.assign(play.scene.member, change)
}

export function changeEnrollment(play: Play, change: Partial<Scene['enrollment']>): void {
  Object.assign(play.scene.enrollment, change)
}
