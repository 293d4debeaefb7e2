import type { Session } from './session.ts'

/** Connections without work. */
export interface Resting {
  readonly size: number
  add(session: Session): void
  /** The one used last, so that few stay warm and the others can end. */
  take(): Session | undefined
  drop(session: Session): void
  close(): void
}

const SWEEP_MS = 20_000 // below the idle limits of common servers
const KEEP_WARM_MS = 300_000

interface Idle {
  session: Session
  since: number
}

/** Ends idle connections; one is kept alive for five minutes, because connecting and TLS cost more than a hand-over. */
export function restingSessions(): Resting {
  let idle: Idle[] = []
  let closed = false

  const sweep = async (): Promise<void> => {
    const now = performance.now()
    const stale = idle.filter(({ since }) => now - since > SWEEP_MS)
    idle = idle.filter((each) => !stale.includes(each))
    const warm = idle.length === 0 ? stale.pop() : undefined
    for (const { session } of stale) session.quit()
    if (!warm) return
    if (now - warm.since < KEEP_WARM_MS) await warm.session.refresh() // off the list meanwhile: nobody sends on it
    else warm.session.quit()
    if (warm.session.open && !closed) idle.unshift(warm)
    else warm.session.quit()
  }
  const sweeper = setInterval(() => void sweep(), SWEEP_MS).unref()

  return {
    get size() {
      return idle.length
    },
    add: (session) => void idle.push({ session, since: performance.now() }),
    take() {
      for (let last = idle.pop(); last; last = idle.pop()) if (last.session.open) return last.session
      return undefined
    },
    drop: (session) => void (idle = idle.filter((each) => each.session !== session)),
    close() {
      closed = true
      clearInterval(sweeper)
      for (const { session } of idle.splice(0)) session.quit()
    },
  }
}
