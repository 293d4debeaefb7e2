import { z } from 'zod'

const FIRST = Date.parse('0001-01-01T00:00:00Z')
const LAST = Date.parse('9999-12-31T23:59:59.999Z')

/** An instant that both JavaScript and PostgreSQL can write: in UTC, in the years 1 to 9999. */
export const instantSchema = z.iso
  .datetime({ offset: true })
  .refine((text) => Date.parse(text) >= FIRST && Date.parse(text) <= LAST, {
    params: { code: 'out-of-range' },
    message: 'Write an instant in the years 1 to 9999.',
  })
