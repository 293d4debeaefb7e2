import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Client } from '@temporalio/client'
import { NativeConnection, Worker } from '@temporalio/worker'
import { startSinkProcess, type SinkProcess } from '../support/smtp-sink-process.ts'
import { startInstallation, type Installation } from '../support/installation.ts'
import { percentile, type Figure } from './figures.ts'
import { prepareWorld, winOf, type World } from './world.ts'

const IDLE_SAMPLES = 200
const RATE = 200
const SECONDS = 15
const AIMS = { p50: 30, p95: 60, p99: 120 } as const

const now = (): number => performance.timeOrigin + performance.now()

/** From just before the event is posted until the mail server has the whole mail. */
export async function latency(): Promise<Figure[]> {
  const sink = await startSinkProcess()
  const installation = await startInstallation()
  try {
    const bare = await bareWalks(installation.temporalAddress)
    const members = IDLE_SAMPLES + RATE * SECONDS + 50
    const world = await prepareWorld(installation, { members, sink: sink.port })
    const shoot = shooter(installation, { sink, world })
    await shoot(50, () => pause(20))
    const idle = await shoot(IDLE_SAMPLES, () => pause(60))
    const started = now()
    const loaded = await shoot(RATE * SECONDS, (n) =>
      pause(Math.max(0, started + (n * 1_000) / RATE - now())),
    )
    return [
      ...figures('event → mail, idle', idle, bare),
      ...figures(`event → mail, ${RATE} events/s`, loaded, bare),
    ]
  } finally {
    await installation.stop()
    await sink.stop()
  }
}

/** Posts wins one after the other without waiting for their mails, and measures each mail's way. */
export function shooter({ api }: Installation, { sink, world }: { sink: SinkProcess; world: World }) {
  let next = 0
  return async (count: number, before: (n: number) => Promise<unknown>): Promise<number[]> => {
    const postedAt = new Map<string, number>()
    const posts: Promise<unknown>[] = []
    for (let n = 0; n < count; n++) {
      await before(n)
      const member = world.members[next++ % world.members.length] ?? ''
      postedAt.set(`${member}@members.example`, now())
      posts.push(api.send('POST', '/v1/events', winOf(member)))
    }
    await Promise.all(posts)
    const arrivedAt = new Map<string, number>()
    while (arrivedAt.size < count) {
      await pause(100)
      for (const { to, at } of await sink.arrivals())
        if (postedAt.has(to[0] ?? '')) arrivedAt.set(to[0] ?? '', at)
    }
    return [...arrivedAt].map(([address, at]) => at - (postedAt.get(address) ?? at))
  }
}

/** The limit: a workflow started eagerly that calls one local activity, until that activity runs. */
async function bareWalks(address: string): Promise<number[]> {
  const connection = await NativeConnection.connect({ address })
  const running = new Map<string, (at: number) => void>()
  const worker = await Worker.create({
    connection,
    taskQueue: 'bench',
    workflowsPath: fileURLToPath(new URL('bare-walk.ts', import.meta.url)),
    activities: { mark: async (id: string) => running.get(id)?.(now()) },
  })
  const client = new Client({ connection })
  return worker.runUntil(async () => {
    const samples: number[] = []
    for (let n = 0; n < IDLE_SAMPLES + 20; n++) {
      const id = `bare-${n}`
      const ran = new Promise<number>((resolve) => running.set(id, resolve))
      const started = now()
      await client.workflow.start('bareWalk', {
        workflowId: id,
        taskQueue: 'bench',
        args: [id],
        requestEagerStart: true,
      })
      samples.push((await ran) - started)
      await pause(20)
    }
    return samples.slice(20)
  })
}

function figures(name: string, samples: number[], bare: number[]): Figure[] {
  return (
    [
      ['p50', 0.5],
      ['p95', 0.95],
      ['p99', 0.99],
    ] as const
  ).map(([label, share]) => ({
    name: `${name}, ${label}`,
    value: percentile(samples, share),
    unit: 'ms',
    limit: { value: percentile(bare, share), of: `bare eager walk, ${label}` },
    aim: `≤ ${AIMS[label]} ms`,
  }))
}
