import type { Issue } from '../../db/fault.ts'

/** A row of a file: what it says, or what is wrong with how it is written. */
export interface Row {
  /** Where it begins, from 1. */
  line: number
  /** Bytes of the file up to its end. */
  end: number
  value: unknown
  issues: Issue[]
  /** What the file calls the place of an issue: the name of its column. */
  nameOf(path: string): string
}

/** The most one row may take. */
export const ROW_AT_MOST = 1024 * 1024
