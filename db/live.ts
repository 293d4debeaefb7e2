import { z } from 'zod'
import type { Tx } from './pool.ts'

export const LIVE_CHANNEL = 'live'

const noteSchema = z.object({ workspace: z.int(), topic: z.string(), data: z.unknown() })
export type LiveNote = z.output<typeof noteSchema>

/** Tells open screens of a workspace that something changed, once this transaction commits. Ids and counts only. */
export async function tellLive(tx: Tx, note: LiveNote): Promise<void> {
  await tx.rows('select pg_notify($1, $2)', [LIVE_CHANNEL, JSON.stringify(note)])
}

/** A note off the wire; undefined when it is not one. */
export function parseNote(payload: string): LiveNote | undefined {
  try {
    return noteSchema.safeParse(JSON.parse(payload)).data
  } catch {
    return undefined
  }
}
