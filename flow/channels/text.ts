import { z } from 'zod'

/** Text of one line, such as a subject; a line break would start another header. */
export const lineSchema = z
  .string()
  .min(1, 'Write something here.')
  .max(1_000)
  .refine((text) => !/[\r\n]/.test(text), { error: 'Keep this on one line.', params: { code: 'one-line' } })

/** Text up to `max` characters before its variables are filled in. */
export const textSchema = (max: number) => z.string().min(1, 'Write something here.').max(max)
