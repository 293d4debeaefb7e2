import type { ChildProcess } from 'node:child_process'
import { stopChild } from './child.ts'
import type { Program } from './program.ts'

export interface Keeper {
  /** Launches a program, waits until it serves, and from then on launches it again whenever it ends. */
  start(program: Program): Promise<void>
  /** Ends all programs, the last started first. */
  stop(): Promise<void>
}

const SHORTEST_PAUSE = 250
const LONGEST_PAUSE = 4_000
/** A program that ran this long was well: its next end counts as the first. */
const WELL = 10_000

export function openKeeper(say: (line: string) => void): Keeper {
  const kept: { stop(): Promise<void> }[] = []
  let stopped = false
  return {
    async start(program) {
      if (stopped) throw new Error('Fanfare is stopping.')
      const one = keep(program, say)
      kept.push(one)
      await program.ready(one.first)
    },
    async stop() {
      stopped = true
      for (const one of kept.toReversed()) await one.stop()
    },
  }
}

function keep(program: Program, say: (line: string) => void) {
  let stopping = false
  let pause = SHORTEST_PAUSE
  let next: NodeJS.Timeout | undefined
  let child = launch()
  const first = child

  function launch(): ChildProcess {
    const since = Date.now()
    const launched = program.launch()
    // `close` comes after `exit` and also after a program that could not be started at all.
    launched.once('close', (code, signal) => {
      if (stopping) return
      pause = Date.now() - since > WELL ? SHORTEST_PAUSE : Math.min(pause * 2, LONGEST_PAUSE)
      say(`${program.name} ended (${signal ?? `code ${code}`}); it starts again in ${pause / 1000} s.`)
      next = setTimeout(() => (child = launch()), pause)
    })
    return launched
  }

  return {
    first,
    async stop() {
      stopping = true
      clearTimeout(next)
      await stopChild(child, program.stopSignal, program.patience)
    },
  }
}
