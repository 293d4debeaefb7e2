import { notNow } from '../../flow/gate.ts'
import type { Claimed } from '../../db/hot/write-decisions.ts'
import type { Scene } from '../../flow/scene.ts'

/** A message in line, and the facts it was decided on. */
interface Standing {
  message: Pick<Claimed, 'channel'>
  scene: Scene
}

/** A decision this old is trusted as it is: in ms. */
const FRESH = 1_000

/**
 * Whether quiet hours have begun, or sending was seen to be off, for a message that stood in line for a while. It is not
 * handed over then but decided on again, and rests.
 */
export function overslept({ message, scene }: Standing, now: number): boolean {
  const { channel } = message
  return now - scene.now > FRESH && notNow({ channel, scene: { ...scene, now } }) !== null
}
