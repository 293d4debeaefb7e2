import { fileURLToPath } from 'node:url'
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker'

/** Run by itself: writes the workflows, as one script, to standard output. */
const workflowsPath = fileURLToPath(new URL('../../workflows/all.ts', import.meta.url))
const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') })
process.stdout.write(code)
