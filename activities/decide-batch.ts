import { changed } from '../flow/change.ts'
import { decide } from '../flow/decide.ts'
import type { Channel } from '../flow/channels/channel.ts'
import type { Decision } from '../flow/decision.ts'
import type { WorkspaceFacts } from '../flow/facts.ts'
import type { Plan } from '../flow/plan.ts'
import type { Scene } from '../flow/scene.ts'
import type { Carried } from '../db/hot/claim.ts'
import { loadScenes } from '../db/hot/scenes.ts'
import { factsToRestBy } from '../db/hot/sending.ts'
import type { Decided } from '../db/hot/write-decisions.ts'
import type { Memory } from '../db/memory.ts'
import type { Tx } from '../db/pool.ts'

export interface Batch {
  flow: number
  plan: Plan
  workspace: WorkspaceFacts
  carried: Carried[]
}

/**
 * Decides for members whose locks are held. Nobody comes to rest by settings that have been replaced meanwhile: whoever
 * replaced them has looked through those who rest already.
 */
export async function decideBatch(
  tx: Tx,
  memory: Memory,
  batch: Batch,
): Promise<{ scenes: Scene[]; decided: Decided[] }> {
  const scenes = await loadScenes(tx, batch)
  const decided = decideAll(batch.carried, scenes)
  if (!decided.some(restsBySettings)) return { scenes, decided }
  const workspace = await factsToRestBy(tx, memory, batch.flow)
  return workspace === batch.workspace
    ? { scenes, decided }
    : decideBatch(tx, memory, { ...batch, workspace })
}

/** One after the other: what a member's first enrollment claims and changes, their second one sees. */
function decideAll(carried: Carried[], scenes: Scene[]): Decided[] {
  const rows = new Map(carried.map((one) => [one.id, one]))
  return scenes.flatMap((scene) => {
    const row = rows.get(scene.enrollment.id)
    if (!row) return []
    const decision = decide(scene)
    countClaims(scene, decision)
    for (const change of decision.changes)
      Object.assign(scene.member, changed(scene.member, change, scene.now))
    return [{ carried: row, decision }]
  })
}

/** What leaves now counts as of now, also if it was claimed before and has waited since. */
function countClaims({ member, plan, enrollment, now }: Scene, { node, next }: Decision): void {
  if (plan.settings.purpose !== 'marketing' || enrollment.test) return
  const { topic } = plan.settings
  const leave = (channels: Channel[]): void => {
    member.sends.push(...channels.map((channel) => ({ at: now, channel, topic })))
  }
  if (next.do === 'send') leave(next.hops.map(({ channel }) => channel))
  if (next.do !== 'carry') return
  const waiting = enrollment.hops.filter((hop) => hop.node === node && hop.status === 'pending')
  const leaving = waiting.filter(({ hop }) => !next.held?.includes(hop)).map(({ channel }) => channel)
  member.sends = member.sends.filter(
    (send) => send.waiting !== enrollment.id || !leaving.includes(send.channel),
  )
  leave(leaving)
}

/** Quiet hours, caps, and all that ends by a clock. */
function restsBySettings({ decision: { next } }: Decided): boolean {
  return next.do === 'rest' && next.rest.args?.['zone'] !== undefined
}
