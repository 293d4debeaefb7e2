import type { Fault, Session } from './session.ts'

type Opened = { session: Session } | { fault: Fault }

export interface Sessions {
  /** Runs `work` on a connection of its own; a fault when none can be had. */
  use<T>(work: (session: Session) => Promise<T>): Promise<T | { fault: Fault }>
  /** Ends every connection that is idle now, and the others once their work is done. */
  close(): void
}

const MAX_SENT = 100 // messages on one connection: many servers cut it off there
const SWEEP_MS = 20_000 // below the idle limits of common servers
const KEEP_WARM_MS = 300_000

interface Idle {
  session: Session
  since: number
}

/**
 * Connections for reuse. The one used last goes first, so that few stay warm and the rest can end; one is kept alive
 * for five minutes after the last message, because connecting and TLS cost more than a hand-over.
 */
export function sessionsOf(open: () => Promise<Opened>): Sessions {
  let idle: Idle[] = []
  let closed = false

  const take = async (): Promise<Opened> => {
    for (let last = idle.pop(); last; last = idle.pop()) {
      if (last.session.open) return last
    }
    return open()
  }

  const keep = async (session: Session): Promise<void> => {
    if (session.open && session.unsettled) await session.reset()
    if (session.open && session.sent < MAX_SENT && !closed) idle.push({ session, since: performance.now() })
    else session.quit()
  }

  const sweep = async (): Promise<void> => {
    const now = performance.now()
    const stale = idle.filter(({ since }) => now - since > SWEEP_MS)
    idle = idle.filter((each) => !stale.includes(each))
    const warm = idle.length === 0 ? stale.pop() : undefined
    for (const { session } of stale) session.quit()
    if (!warm) return
    if (now - warm.since < KEEP_WARM_MS) await warm.session.reset() // off the list meanwhile: nobody sends on it
    else warm.session.quit()
    if (warm.session.open && !closed) idle.unshift(warm)
    else warm.session.quit()
  }
  const sweeper = setInterval(() => void sweep(), SWEEP_MS).unref()

  return {
    async use(work) {
      const got = await take()
      if ('fault' in got) return got
      try {
        return await work(got.session)
      } finally {
        void keep(got.session) // tidying up is not the caller's time
      }
    },
    close() {
      closed = true
      clearInterval(sweeper)
      for (const { session } of idle.splice(0)) session.quit()
    },
  }
}
