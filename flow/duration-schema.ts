import { z } from 'zod'
import { durationMs, offsetMs } from './duration.ts'

/** An ISO-8601 duration up to `P5Y`; it stays text in documents. */
export const durationSchema = z
  .string()
  .max(60)
  .refine((text) => durationMs(text) !== undefined, {
    error: 'Write an ISO-8601 duration up to P5Y, such as PT48H or P3D.',
    params: { code: 'duration' },
  })

/** A duration that may be negative: `-P3D` is three days before. */
export const offsetSchema = z
  .string()
  .max(60)
  .refine((text) => offsetMs(text) !== undefined, {
    error: 'Write an ISO-8601 duration up to P5Y, such as P3D, or -P3D for three days before.',
    params: { code: 'duration' },
  })
