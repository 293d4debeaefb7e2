import type { z } from 'zod'
import type { Reject } from '../../db/import-rejects.ts'
import type { Tx } from '../../db/pool.ts'
import type { Fields } from './columns.ts'
import type { Row } from './row.ts'

/** A row that says what it should. */
export interface Line<V> extends Pick<Row, 'line' | 'nameOf'> {
  value: V
}

/** What a file can be full of: how its rows are written, and how a batch of them is stored. */
export interface Kind<V> {
  fields: Fields
  schema: z.ZodType<V>
  /** Stores rows in their order and tells what it did not store. May refuse them all by throwing `invalid`. */
  store(tx: Tx, lines: Line<V>[]): Promise<Stored>
}

export interface Stored {
  /** Rows that said what was known. */
  duplicates: number
  rejects: Reject[]
}
