import { setTimeout as pause } from 'node:timers/promises'
import { Client, Connection } from '@temporalio/client'
import { z } from 'zod'
import { startInstallation } from '../support/installation.ts'
import { startSinkProcess } from '../support/smtp-sink-process.ts'
import type { Figure } from './figures.ts'
import { settledEvents } from './settled-events.ts'
import { prepareWorld, winOf } from './world.ts'

const stats = z.object({ ended: z.int() })

/** Events in Temporal's histories for one member alone through the whole winner flow, its wait and its reminder. */
export async function history(): Promise<Figure[]> {
  const sink = await startSinkProcess()
  const installation = await startInstallation()
  const connection = await Connection.connect({ address: installation.temporalAddress })
  try {
    const { flow, members } = await prepareWorld(installation, { members: 1, sink: sink.port, wait: 'PT2S' })
    await installation.api.send('POST', '/v1/events', winOf(members[0] ?? ''))
    while (stats.parse(await installation.api.get(`/v1/flows/${flow}/stats`)).ended < 1) await pause(50)
    const client = new Client({ connection })
    return [
      {
        name: 'history events for one member alone',
        value: await settledEvents(client),
        unit: 'events',
        aim: '≤ 45',
      },
    ]
  } finally {
    await connection.close()
    await installation.stop()
    await sink.stop()
  }
}
