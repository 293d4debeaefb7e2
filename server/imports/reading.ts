import type { Stream } from '../http/stream.ts'
import { clean } from './clean.ts'
import { parseMap, type Fields } from './columns.ts'
import { csvRows } from './csv-rows.ts'
import { ndjsonRows } from './ndjson-rows.ts'
import type { Row } from './row.ts'
import type { Ruler } from './ruler.ts'

export const IMPORT_TYPES = ['text/csv', 'application/x-ndjson'] as const

/** How a file is to be read. */
export interface Reading {
  /** What its columns are, where their names do not say so. */
  map?: string | undefined
  empty?: 'keep' | 'clear' | undefined
  history?: boolean | undefined
}

/** The rows of a file, measured as they go by. */
export function readRows(
  { type, bytes }: Stream,
  { map = '', empty = 'keep' }: Reading,
  { fields, ruler }: { fields: Fields; ruler: Ruler },
): AsyncIterable<Row[]> {
  const text = clean(bytes, ruler)
  if (type === 'application/x-ndjson') return ndjsonRows(text)
  return csvRows(text, { fields, map: parseMap(map), empty })
}
