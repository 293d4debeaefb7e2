import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Db } from '../db/pool.ts'

/** What this process counts; `text()` is the Prometheus exposition. */
export interface Metrics {
  observe(request: { method: string; route: string; status: number; seconds: number }): void
  eventsIngested(result: 'accepted' | 'duplicate', count: number): void
  text(): Promise<string>
}

export function openMetrics(db: Db): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const http = new Histogram({
    name: 'fanfare_http_request_seconds',
    help: 'Time to answer, by route pattern',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    registers,
  })
  const events = new Counter({
    name: 'fanfare_events_total',
    help: 'Events posted, by result',
    labelNames: ['result'],
    registers,
  })
  const connections = new Gauge({
    name: 'fanfare_database_connections',
    help: 'Database connections, and callers who wait for one',
    labelNames: ['state'],
    registers: [],
    collect() {
      for (const [state, count] of Object.entries(db.connections())) this.set({ state }, count)
    },
  })
  registry.registerMetric(connections)
  return {
    observe: ({ method, route, status, seconds }) => http.observe({ method, route, status }, seconds),
    eventsIngested: (result, count) => events.inc({ result }, count),
    text: () => registry.metrics(),
  }
}
