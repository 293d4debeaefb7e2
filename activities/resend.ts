import { enrollmentsById } from '../db/hot/claim.ts'
import { messagesToResend } from '../db/hot/resends.ts'
import { loadScenes } from '../db/hot/scenes.ts'
import type { Tx } from '../db/pool.ts'
import { openCarrier } from './carrier.ts'
import type { Engine } from './engine.ts'
import type { MessageJob } from './job.ts'
import { URGENT } from './pace.ts'

/** Hands over again what operators asked for. Only the messages' rows change: their journeys have gone on. */
export async function resend(engine: Engine, workspace: number): Promise<void> {
  const byVersion = await engine.db.inWorkspace(workspace, (tx) => jobsToResend(tx, engine))
  for (const [version, jobs] of byVersion) {
    const nowhere = { id: 0, workspace, version, node: '', lane: 'urgent' } as const
    const carrier = openCarrier(engine, { stand: nowhere, walk: 0 }, URGENT)
    carrier.take(jobs)
    engine.background(carrier.emptied())
  }
}

async function jobsToResend(tx: Tx, engine: Engine): Promise<Map<number, MessageJob[]>> {
  const messages = await messagesToResend(tx)
  const byVersion = new Map<number, MessageJob[]>()
  if (messages.length === 0) return byVersion
  const workspace = await engine.memory.workspace(tx)
  const enrollments = await enrollmentsById(
    tx,
    messages.map((message) => message.enrollment),
  )
  for (const [version, carried] of Map.groupBy(enrollments, (one) => one.version)) {
    const { plan } = await engine.memory.version(tx, version)
    const scenes = await loadScenes(tx, { plan, workspace, carried })
    const sceneOf = new Map(scenes.map((scene) => [scene.enrollment.id, scene]))
    const jobs = messages.flatMap((message) => {
      const scene = sceneOf.get(message.enrollment)
      return scene ? [{ message, scene }] : []
    })
    byVersion.set(version, jobs)
  }
  return byVersion
}
