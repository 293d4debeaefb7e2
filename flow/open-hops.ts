import type { Channel } from './channels/channel.ts'
import type { HopFact } from './facts.ts'
import { notNow, overCap } from './gate.ts'
import type { Scene, Turn } from './scene.ts'

type Resting = Extract<Turn, { rest: unknown }>

/** A hop that is not settled yet keeps its member: in flight, or resting until it may be tried (again). */
export function underWay(own: HopFact[], scene: Scene): Turn | null {
  const open = own.filter((hop) => isWaiting(hop) || hop.status === 'sending')
  if (open.length === 0) return null
  const held = heldOf(open.filter(isWaiting), scene)
  if (held.length === open.length) return earliest(held.map(({ rest }) => rest))
  return held.length > 0 ? { carry: true, held: held.map(({ hop }) => hop) } : { carry: true }
}

function isWaiting({ status }: HopFact): boolean {
  return status === 'pending'
}

/** Those that may not leave now. One after the other, so that each sees what leaves before it. */
function heldOf(waiting: HopFact[], scene: Scene): { hop: number; rest: Resting }[] {
  const free: Channel[] = []
  return waiting.flatMap((hop) => {
    const rest = restOf(hop, scene, free)
    if (rest === null) free.push(hop.channel)
    return rest === null ? [] : [{ hop: hop.hop, rest }]
  })
}

/** What a hop waits for besides its grant: the end of a pause or of quiet hours, its retry, room under a cap. */
function restOf({ channel, retryAt, reason }: HopFact, scene: Scene, claimed: Channel[]): Resting | null {
  if (scene.paused) return { rest: { code: 'paused' }, dueAt: null }
  if (scene.workspace.sending && retryAt !== null && retryAt > scene.now) {
    return { rest: { code: 'retry', args: { channel, why: reason } }, dueAt: retryAt }
  }
  const back = notNow({ channel, scene }) ?? overCap({ channel, scene: withoutOwn(scene), claimed })
  return back && { rest: back.held, dueAt: back.until }
}

/** A message that waits counts towards the caps of others, not towards its own. */
function withoutOwn(scene: Scene): Scene {
  const { member, enrollment } = scene
  const sends = member.sends.filter(({ waiting }) => waiting !== enrollment.id)
  return { ...scene, member: { ...member, sends } }
}

function earliest(rests: Resting[]): Resting | null {
  return rests.toSorted((a, b) => (a.dueAt ?? Infinity) - (b.dueAt ?? Infinity))[0] ?? null
}
