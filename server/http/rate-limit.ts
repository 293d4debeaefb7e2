import { Problem } from './problem.ts'

/** Takes one token of `who`, or throws 429 with the time until there is one again. */
export type RateLimit = (who: string) => void

const MOST = 50_000

/** A token bucket per name: `perSecond` in the long run, twice that at once. Held in this process alone. */
export function rateLimit(perSecond: number, clock: () => number = () => performance.now()): RateLimit {
  const burst = perSecond * 2
  const buckets = new Map<string, { tokens: number; at: number }>()
  return (who) => {
    const now = clock()
    const bucket = buckets.get(who) ?? { tokens: burst, at: now }
    bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) / 1000) * perSecond)
    bucket.at = now
    buckets.delete(who) // the map is ordered: those seen longest ago come first
    buckets.set(who, bucket)
    if (buckets.size > MOST) buckets.delete(buckets.keys().next().value!)
    if (bucket.tokens < 1) throw tooMany(Math.ceil((1 - bucket.tokens) / perSecond))
    bucket.tokens -= 1
  }
}

function tooMany(seconds: number): Problem {
  return new Problem({
    status: 429,
    code: 'too-many-requests',
    detail: 'Too many requests. Wait as long as Retry-After says.',
    headers: { 'retry-after': String(Math.max(1, seconds)) },
  })
}
