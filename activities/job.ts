import type { ClaimedCall } from '../db/hot/calls.ts'
import type { Claimed } from '../db/hot/write-decisions.ts'
import type { Scene } from '../flow/scene.ts'

/** A message to hand over, with the facts its member was decided on. */
export interface MessageJob {
  message: Claimed
  scene: Scene
}

/** The request of a webhook step to be made. */
export interface CallJob {
  call: ClaimedCall
  scene: Scene
}

/** What must be done in the world before a member goes on. */
export type Job = MessageJob | CallJob

/** Whose job it is. */
export function ownerOf(job: Job): { enrollment: number; member: number } {
  return 'message' in job ? job.message : job.call
}
