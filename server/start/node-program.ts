import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isRunning, startChild } from './child.ts'
import type { Program } from './program.ts'

export interface NodeProgramOptions {
  name: string
  /** The process entry, from the root of the repository. */
  entry: string
  home: string
  env: NodeJS.ProcessEnv
  /** Answers true once the program serves. */
  serves: () => Promise<boolean>
}

/** One of our own processes: the API or a worker. */
export function nodeProgram({ name, entry, home, env, serves }: NodeProgramOptions): Program {
  const file = join(import.meta.dirname, '..', '..', entry)
  // The home is an argument only so that a leftover can be told from a stranger.
  const command = { file: process.execPath, args: [file, `--home=${home}`] }
  return {
    name,
    launch: () => startChild({ name, command, folder: home, env }),
    async ready(child) {
      while (!(await serves())) {
        if (!isRunning(child))
          throw new Error(`The ${name} did not start. ${lastWords(join(home, `${name}.log`))}`)
        await new Promise((again) => setTimeout(again, 100))
      }
    },
    stopSignal: 'SIGTERM',
    patience: 20_000,
  }
}

/** The line that says most of a log's end: an uncaught error is followed by its stack and more. */
function lastWords(log: string): string {
  const lines = readFileSync(log, 'utf8').trim().split('\n')
  const line = lines.findLast((text) => /^\w*Error\b/.test(text)) ?? lines.at(-1) ?? ''
  return `Its last words: ${line.slice(0, 500)} (more in ${log})`
}
