import type { Reject } from '../../db/import-rejects.ts'
import { issuesOf } from '../http/issues.ts'
import type { Kind, Line } from './kind.ts'
import type { Row } from './row.ts'

const ROWS = 1_000
const BYTES = 4 * 1024 * 1024
/** A file that comes slowly is stored, and seen to move, all the same. */
const AGE_MS = 5_000

/** Rows that are stored together, in one transaction. */
export interface Batch<V> {
  lines: Line<V>[]
  rejects: Reject[]
  rows: number
  /** Bytes of the file before the first of its rows, and up to the end of the last. */
  start: number
  end: number
  /** When its first row came. */
  begunAt: number
}

export function openBatch<V>(start: number): Batch<V> {
  return { lines: [], rejects: [], rows: 0, start, end: start, begunAt: 0 }
}

/** Takes a row as it should be, or what is wrong with it. */
export function addRow<V>(batch: Batch<V>, row: Row, { schema }: Kind<V>): void {
  const { line, nameOf, value, end } = row
  if (batch.rows === 0) batch.begunAt = performance.now() // it may have waited for the one before
  batch.rows += 1
  batch.end = end
  if (row.issues.length > 0) return void batch.rejects.push({ line, issues: row.issues })
  const parsed = schema.safeParse(value)
  if (parsed.success) batch.lines.push({ line, nameOf, value: parsed.data })
  else {
    const issues = issuesOf(parsed.error, value).map((issue) => ({ ...issue, path: nameOf(issue.path) }))
    batch.rejects.push({ line, issues: issues.slice(0, ISSUES) })
  }
}

const ISSUES = 20

export function isFull({ rows, start, end, begunAt }: Batch<unknown>): boolean {
  return rows >= ROWS || end - start >= BYTES || performance.now() - begunAt >= AGE_MS
}
