import { z } from 'zod'

/** 600,000 a minute are more than any provider takes; a transaction for each of them would be too many above that. */
const perMinute = z.int().min(1).max(600_000)
const perSecond = z.int().min(1).max(10_000)

/** How many members may enter, evenly spread. */
export const rateSchema = z
  .union([z.strictObject({ perMinute }), z.strictObject({ perSecond })])
  .describe('How many may enter, evenly spread.')

export function perMinuteOf(rate: z.output<typeof rateSchema>): number {
  return 'perMinute' in rate ? rate.perMinute : rate.perSecond * 60
}
