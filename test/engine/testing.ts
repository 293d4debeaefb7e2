import { createFlow } from '../../db/flows.ts'
import { startTestRun, type Testing } from '../../db/test-runs.ts'
import { findTesters } from '../../db/testers.ts'
import type { FlowDocument } from '../../flow/document.ts'
import type { World } from './world.ts'

/** A flow that was never published. */
export async function draft(world: World, document: FlowDocument): Promise<number> {
  const flow = await world.within((tx) => createFlow(tx, { name: document.name, draft: document }))
  return flow.id
}

interface Trial extends Partial<Pick<Testing, 'data' | 'waits'>> {
  flow: number
  document: FlowDocument
  members: string[]
}

/** Sends members through a drawing as a test, without carrying anybody; answers the test run's id. */
export async function tryOut(world: World, { flow, members, ...trial }: Trial): Promise<number> {
  return world.within(async (tx) =>
    startTestRun(tx, world.engine.memory, {
      data: {},
      waits: 'PT5S',
      author: 'test',
      ...trial,
      flow: { id: flow, revision: 1 },
      members: await findTesters(tx, world.engine.memory, { members }),
    }),
  )
}
