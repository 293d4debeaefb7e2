interface Line {
  busy: number
  waiting: (() => void)[]
}

/** Lets a few works of each workspace go on beside each other; the others wait, first come, first served. */
export function openLines(atATime: number): <T>(workspace: number, work: () => Promise<T>) => Promise<T> {
  const lines = new Map<number, Line>()
  return async (workspace, work) => {
    const line = lines.get(workspace) ?? { busy: 0, waiting: [] }
    lines.set(workspace, line)
    if (line.busy < atATime) line.busy += 1
    else await new Promise<void>((turn) => line.waiting.push(turn))
    try {
      return await work()
    } finally {
      const next = line.waiting.shift()
      if (next) next()
      else line.busy -= 1
      if (line.busy === 0) lines.delete(workspace)
    }
  }
}
