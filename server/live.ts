import { LIVE_CHANNEL, parseNote } from '../db/live.ts'
import type { LiveNote } from '../db/live.ts'
import type { Db } from '../db/pool.ts'

interface Listener {
  workspace: number
  onNote(note: LiveNote): void
  /** Notes may have been missed: look afresh. */
  onGap(): void
  /** The process is ending. */
  onClose(): void
}

/** One database connection that listens for all clients of this process. */
export interface Live {
  add(listener: Listener): () => void
  close(): Promise<void>
}

export async function openLive(db: Db): Promise<Live> {
  const listeners = new Set<Listener>()
  const tell = (payload: string): void => {
    const note = parseNote(payload)
    if (!note) return
    for (const each of listeners) if (each.workspace === note.workspace) each.onNote(note)
  }
  const gap = (): void => listeners.forEach((each) => each.onGap())
  const stop = await db.listen(LIVE_CHANNEL, tell, gap)
  return {
    add(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async close() {
      for (const each of listeners) each.onClose()
      listeners.clear()
      await stop()
    },
  }
}
