import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client'

/** What this process counts; `text()` is the Prometheus exposition. */
export interface Metrics {
  observe(request: { method: string; route: string; status: number; seconds: number }): void
  eventsIngested(result: 'accepted' | 'duplicate', count: number): void
  text(): Promise<string>
}

export function openMetrics(): Metrics {
  const registers = [new Registry()]
  collectDefaultMetrics({ register: registers[0]! })
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
  return {
    observe: ({ method, route, status, seconds }) => http.observe({ method, route, status }, seconds),
    eventsIngested: (result, count) => events.inc({ result }, count),
    text: () => registers[0]!.metrics(),
  }
}
