import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Client, Connection } from '@temporalio/client'
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js'
import { prepareWorld, winOf } from '../bench/world.ts'
import { SCHEDULE_PREFIX } from '../../workflows/names.ts'
import { drawing, waitFor } from '../engine/drawing.ts'
import { startInstallation, type Installation } from '../support/installation.ts'
import { startSinkProcess } from '../support/smtp-sink-process.ts'

// Records what one member's journey leaves in Temporal: `node test/histories/record.ts <name of the engine>`. Files are
// only ever added: a run that slept through a deploy must still be carried on by the code that comes after it.

const [engine = 'new'] = process.argv.slice(2)

async function main(): Promise<void> {
  const sink = await startSinkProcess()
  const installation = await startInstallation()
  const connection = await Connection.connect({ address: installation.temporalAddress })
  const client = new Client({ connection })
  try {
    const { members } = await prepareWorld(installation, { members: 1, sink: sink.port, wait: 'PT4S' })
    await installation.api.send('POST', '/v1/events', winOf(members[0] ?? ''))
    await record(client, 'alarm-asleep', { prefix: 'alarm-', status: 'RUNNING' })
    await record(client, 'alarm-that-walked', { prefix: 'alarm-', status: 'COMPLETED' })
    await record(client, 'walk', { prefix: 'walk-', status: 'COMPLETED' })
    await beginLaunches(installation, client)
    await record(client, 'launch', { prefix: 'launch-', status: 'COMPLETED' })
    await record(client, 'scheduled', { prefix: 'scheduled-', status: 'COMPLETED' })
  } finally {
    await connection.close()
    await installation.stop()
    await sink.stop()
  }
}

/** A flow with a schedule, whose next run is brought at once: it launches everybody. */
async function beginLaunches({ api }: Installation, client: Client): Promise<void> {
  const schedule = { cron: '0 0 1 1 *', timeZone: 'UTC' }
  const on = { schedule, audience: { all: [] } }
  const settings = { purpose: 'transactional', topic: undefined }
  const document = drawing({ pause: waitFor('P1D') }, { on, settings })
  const { id } = (await api.send('POST', '/v1/flows', document)) as { id: string } // as the contract says
  await api.send('POST', `/v1/flows/${id}/publish`, {})
  for (;;) {
    await pause(100)
    for await (const { scheduleId } of client.schedule.list()) {
      if (scheduleId.startsWith(SCHEDULE_PREFIX)) return client.schedule.getHandle(scheduleId).trigger()
    }
  }
}

/** Waits for a run and keeps its history, unless one was kept before. */
async function record(
  client: Client,
  name: string,
  wanted: { prefix: string; status: string },
): Promise<void> {
  const file = join(import.meta.dirname, `${name}@${engine}.json`)
  if (existsSync(file)) return
  for (;;) {
    await pause(100)
    for await (const run of client.workflow.list()) {
      if (!run.workflowId.startsWith(wanted.prefix) || run.status.name !== wanted.status) continue
      const history = await client.workflow.getHandle(run.workflowId, run.runId).fetchHistory()
      writeFileSync(file, historyToJSON(history))
      return
    }
  }
}

await main()
