import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Client, Connection } from '@temporalio/client'
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js'
import { prepareWorld, winOf } from '../bench/world.ts'
import { startInstallation } from '../support/installation.ts'
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
  } finally {
    await connection.close()
    await installation.stop()
    await sink.stop()
  }
}

async function record(
  client: Client,
  name: string,
  wanted: { prefix: string; status: string },
): Promise<void> {
  for (;;) {
    await pause(100)
    for await (const run of client.workflow.list()) {
      if (!run.workflowId.startsWith(wanted.prefix) || run.status.name !== wanted.status) continue
      const history = await client.workflow.getHandle(run.workflowId, run.runId).fetchHistory()
      writeFileSync(join(import.meta.dirname, `${name}@${engine}.json`), historyToJSON(history))
      return
    }
  }
}

await main()
