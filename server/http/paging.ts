import { z } from 'zod'
import { parseJson } from './body.ts'

/** The query of a list whose rows follow `key`; `cursor` arrives as the key of the last row seen. */
export function pagingQuery<K extends z.ZodType>(key: K) {
  return {
    cursor: z
      .string()
      .max(1000)
      .transform((text, context): z.output<K> => {
        const parsed = key.safeParse(decode(text))
        if (parsed.success) return parsed.data
        const message = 'This cursor is unknown. Start again without one.'
        context.addIssue({ code: 'custom', params: { code: 'unknown-cursor' }, message })
        return z.NEVER
      })
      .optional(),
    limit: z.coerce.number().int().min(1).max(500).default(50),
  }
}

export function listOf<T extends z.ZodType>(item: T) {
  return z.strictObject({ items: z.array(item), next: z.string().nullable() })
}

/** A page from `limit + 1` rows: the one too many says that there is a next page. */
export function pageOf<R>(
  rows: R[],
  limit: number,
  key: (row: R) => unknown,
): { items: R[]; next: string | null } {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return { items, next: rows.length > limit && last !== undefined ? cursorOf(key(last)) : null }
}

/** What a client sends back to go on after the row with this key. */
const cursorOf = (key: unknown): string => Buffer.from(JSON.stringify(key)).toString('base64url')

/** As strict as a body: what no column holds stands behind no row. */
function decode(text: string): unknown {
  try {
    return parseJson(Buffer.from(text, 'base64url'), 'application/json')
  } catch {
    return undefined
  }
}
