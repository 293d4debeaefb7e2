import { z } from 'zod'
import { newestLease } from '../../db/health.ts'
import type { Services } from '../http/context.ts'
import { Problem } from '../http/problem.ts'
import { route } from '../http/route.ts'

const part = z.enum(['up', 'down'])
const parts = z
  .strictObject({ api: part, database: part, temporal: part, worker: part })
  .meta({ id: 'Readiness' })

export const healthRoutes = [
  route({
    method: 'get',
    path: '/healthz',
    summary: 'Is this process alive?',
    permission: 'public',
    responses: { 200: z.strictObject({ status: z.string() }) },
    async handle() {
      return { status: 200, body: { status: 'alive' } }
    },
  }),
  route({
    method: 'get',
    path: '/readyz',
    summary: 'Do API, database, Temporal and worker all serve?',
    permission: 'public',
    responses: { 200: parts, 503: parts },
    async handle(_input, services) {
      const body = await look(services)
      return { status: Object.values(body).every((each) => each === 'up') ? 200 : 503, body }
    },
  }),
  route({
    method: 'get',
    path: '/metrics',
    summary: 'Prometheus metrics of this process',
    permission: 'public',
    responses: { 200: { type: 'text/plain' } },
    async handle(_input, { metrics }) {
      return { status: 200, body: await metrics.text() }
    },
  }),
]

/** A worker renews its lease every two seconds. */
const FRESH_SECONDS = 10
const PATIENCE_MS = 2_000

async function look({ db, temporal }: Services): Promise<z.input<typeof parts>> {
  const lease = newestLease(db)
  const [database, worker, engine] = await Promise.all([
    up(lease),
    up(lease.then((seconds) => refuseUnless(seconds !== null && seconds < FRESH_SECONDS))),
    up(temporal.withDeadline(Date.now() + PATIENCE_MS, () => temporal.workflowService.getSystemInfo({}))),
  ])
  return { api: 'up', database, temporal: engine, worker }
}

async function up(check: Promise<unknown>): Promise<'up' | 'down'> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error('late')), PATIENCE_MS)
  try {
    await Promise.race([check, late.promise])
    return 'up'
  } catch {
    return 'down'
  } finally {
    clearTimeout(timer)
  }
}

function refuseUnless(fine: boolean): void {
  if (!fine) throw new Problem({ status: 503, code: 'unavailable', detail: 'No worker is alive.' })
}
