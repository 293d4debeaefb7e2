import { parseJson } from '../http/body.ts'

/** How the text of a cell is meant. */
export type CellType = 'line' | 'text' | 'number' | 'boolean' | 'json' | 'list'

/** What a cell says; undefined when it is not of its type. */
export function readCell(text: string, type: CellType): unknown {
  return READ[type](text)
}

/** What to write instead of a cell that is not of its type. */
export const EXPECTED: Partial<Record<CellType, string>> = {
  number: 'Write a number, such as 12 or 12.5.',
  boolean: 'Write true or false.',
  json: 'Write JSON, such as ["a", "b"] or 12.',
}

const NUMBER = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i
const TRUTH: Record<string, boolean> = { true: true, false: false, '1': true, '0': false }

const READ: Record<CellType, (text: string) => unknown> = {
  line: (text) => text.trim(),
  text: (text) => text,
  number: (text) => (NUMBER.test(text.trim()) && Number.isFinite(Number(text)) ? Number(text) : undefined),
  boolean: (text) => TRUTH[text.trim().toLowerCase()],
  json: fromJson,
  list: (text) =>
    text
      .split('|')
      .map((one) => one.trim())
      .filter((one) => one !== ''),
}

function fromJson(text: string): unknown {
  try {
    return parseJson(Buffer.from(text), 'application/json')
  } catch {
    return undefined
  }
}
