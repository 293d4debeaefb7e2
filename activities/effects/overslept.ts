import { notNow } from '../../flow/gate.ts'
import type { MessageJob } from '../job.ts'

/** A decision this old is trusted as it is: in ms. */
const FRESH = 1_000

/**
 * Whether quiet hours have begun, or sending was seen to be off, for a message that stood in line for a while. It is not
 * handed over then but decided on again, and rests.
 */
export function overslept({ message: { channel }, scene }: MessageJob, now: number): boolean {
  return now - scene.now > FRESH && notNow({ channel, scene: { ...scene, now } }) !== null
}
