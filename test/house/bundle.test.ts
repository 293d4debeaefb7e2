import { join } from 'node:path'
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker'
import { expect, test } from 'vitest'
import { ROOT } from '../support/source-files.ts'

// zod in the bundle costs 14 times the memory and 2 to 6 times the CPU of a workflow (measured).
test('the workflow bundle holds no zod and nothing of Node', async () => {
  const workflowsPath = join(ROOT, 'workflows', 'all.ts')
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') })
  const map = /sourceMappingURL=data:application\/json;charset=utf-8;base64,(\S+)/.exec(code)?.[1] ?? ''
  const { sources } = JSON.parse(Buffer.from(map, 'base64').toString('utf8')) as { sources: string[] } // webpack's own map
  expect(sources.some((source) => source.includes('workflows/walk.ts'))).toBe(true)
  expect(sources.filter((source) => /node_modules\/(zod|pg|pino)\/|external /.test(source))).toEqual([])
})
