import type { Tx } from '../pool.ts'

export interface Tupled {
  /** Columns, as arguments of `json_build_array`. */
  of: string
  from: string
  /** `order by …`, within the list. */
  order?: string
}

/**
 * The rows of a statement as one list in JSON. Of thousands of small rows each takes a fifth of the time that it takes
 * as a row of its own (1.0 against 4.4 µs, measured); of a few it makes no difference.
 */
export async function tuples<T extends unknown[]>(
  tx: Tx,
  { of, from, order = '' }: Tupled,
  { params, name }: { params: unknown[]; name: string },
): Promise<T[]> {
  const [row] = await tx.rows<{ list: T[] | null }>(
    `select json_agg(json_build_array(${of}) ${order}) list from ${from}`,
    params,
    name,
  )
  return row?.list ?? []
}

/** An instant as milliseconds since 1970, cut off as JavaScript's dates are. */
export const millis = (column: string): string => `trunc(extract(epoch from ${column}) * 1000)::bigint`
