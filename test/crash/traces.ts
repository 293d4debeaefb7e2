import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client, Connection } from '@temporalio/client'
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js'
import type { Installation } from '../support/installation.ts'

/** All that Temporal keeps of all runs, as text; payloads are decoded. */
export async function historiesOf({ temporalAddress: address }: Installation): Promise<string[]> {
  const connection = await Connection.connect({ address })
  const { workflow } = new Client({ connection })
  const histories: string[] = []
  for await (const { workflowId, runId } of workflow.list()) {
    const history = await workflow.getHandle(workflowId, runId).fetchHistory()
    histories.push(`${workflowId} ${decoded(historyToJSON(history))}`)
  }
  await connection.close()
  return histories
}

function decoded(json: string): string {
  return json.replace(/"data": ?"([^"]*)"/g, (_, data: string) => Buffer.from(data, 'base64').toString())
}

/** What the processes wrote down. */
export function logsOf({ home }: Installation): string[] {
  return globSync(join(home, '*.log')).map((file) => `${file} ${readFileSync(file, 'utf8')}`)
}
