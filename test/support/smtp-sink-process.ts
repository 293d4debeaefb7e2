import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import type { Arrival, Mishap } from './smtp-sink.ts'

export interface SinkProcess {
  /** Where mail is taken. */
  port: number
  arrivals(): Promise<Arrival[]>
  plan(mishaps: Mishap[]): Promise<void>
  held(): Promise<number>
  release(): Promise<void>
  reset(): Promise<void>
  stop(): Promise<void>
}

const places = z.object({ port: z.number(), control: z.number() })

/** The counting mail server as a process of its own, so that nothing that is killed takes its counts along. */
export async function startSinkProcess(args: string[] = []): Promise<SinkProcess> {
  const script = fileURLToPath(new URL('smtp-sink.ts', import.meta.url))
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = await once(createInterface(child.stdout), 'line')
  const { port, control } = places.parse(JSON.parse(String(line)))
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const answer = await fetch(`http://127.0.0.1:${control}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!answer.ok) throw new Error(`The mail sink answered ${answer.status} to ${method} ${path}.`)
    return answer.json()
  }
  return {
    port,
    arrivals: async () => (await call('GET', '/arrivals')) as Arrival[], // written by the sink itself
    plan: async (mishaps) => void (await call('POST', '/plan', mishaps)),
    held: async () => Number(await call('GET', '/held')),
    release: async () => void (await call('POST', '/release')),
    reset: async () => void (await call('POST', '/reset')),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
    },
  }
}
