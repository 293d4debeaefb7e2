import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { bundleWorkflowCode, Worker } from '@temporalio/worker'
import { beforeAll, expect, test } from 'vitest'
import { ROOT } from '../support/source-files.ts'

const FOLDER = join(ROOT, 'test', 'histories')
const RECORDED = readdirSync(FOLDER).filter((name) => name.endsWith('.json'))

let workflowBundle: Awaited<ReturnType<typeof bundleWorkflowCode>>
beforeAll(async () => {
  const silent = () => {}
  const logger = { log: silent, trace: silent, debug: silent, info: silent, warn: silent, error: silent }
  workflowBundle = await bundleWorkflowCode({ workflowsPath: join(ROOT, 'workflows', 'all.ts'), logger })
})

test.each(RECORDED)('today’s workflows go on where %s stopped', async (name) => {
  const history: unknown = JSON.parse(readFileSync(join(FOLDER, name), 'utf8'))
  await expect(Worker.runReplayHistory({ workflowBundle }, history)).resolves.toBeUndefined()
})

test('a walk that does something else first would be found out', async () => {
  const { events } = JSON.parse(readFileSync(join(FOLDER, 'alarm-asleep@1.json'), 'utf8'))
  const { eventId, eventTime, taskId } = events.pop()
  const activity = { activityId: '1', activityType: { name: 'other' }, workflowTaskCompletedEventId: '4' }
  const eventType = 'EVENT_TYPE_ACTIVITY_TASK_SCHEDULED'
  events.push({ eventId, eventTime, taskId, eventType, activityTaskScheduledEventAttributes: activity })
  await expect(Worker.runReplayHistory({ workflowBundle }, { events })).rejects.toThrow(/[Dd]eterminis/)
})

test.each(RECORDED)('%s holds numbers, no member and no data', (name) => {
  const text = readFileSync(join(FOLDER, name), 'utf8')
  const payloads = [...text.matchAll(/"data":\s*"([^"]+)"/g)].map(([, data]) =>
    Buffer.from(data ?? '', 'base64').toString(),
  )
  expect(payloads.length).toBeGreaterThan(0)
  for (const payload of payloads) expect(payload).not.toMatch(/bench-|@members|Ana|BIKE|\+34/)
  expect(text).not.toMatch(/bench-|@members|"Ana"|BIKE|\+34/)
})
