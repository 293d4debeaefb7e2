import { parseJson } from '../http/body.ts'
import { Problem } from '../http/problem.ts'
import { ROW_AT_MOST, type Row } from './row.ts'

const NEWLINE = 0x0a
const BOM = Buffer.from('\uFEFF')
const TOO_LONG = { path: '', code: 'too-long', message: 'A row is at most 1 MiB.' }

/** A row for each line that is not blank, those of a part together. A line that is too long is passed over. */
export async function* ndjsonRows(bytes: AsyncIterable<Buffer>): AsyncGenerator<Row[]> {
  const lines = openLines()
  for await (const part of bytes) yield lines.read(part)
  yield lines.finish()
}

function openLines() {
  /** Of the line that has not ended yet. */
  let parts: Buffer[] = []
  let length = 0
  let end = 0
  let line = 0

  function take(part: Buffer): void {
    length += part.length
    end += part.length
    if (length > ROW_AT_MOST) parts = []
    else parts.push(part)
  }

  function close(): Row[] {
    line += 1
    const text = withoutBom(Buffer.concat(parts), line)
    const said = length > ROW_AT_MOST ? { value: null, issues: [TOO_LONG] } : read(text)
    ;[parts, length] = [[], 0]
    return said ? [{ line, end, nameOf: (path) => path, ...said }] : []
  }

  return {
    read(part: Buffer): Row[] {
      const rows: Row[] = []
      let from = 0
      for (let at = part.indexOf(NEWLINE); at >= 0; at = part.indexOf(NEWLINE, from)) {
        take(part.subarray(from, at + 1))
        rows.push(...close())
        from = at + 1
      }
      take(part.subarray(from))
      return rows
    },
    finish: (): Row[] => (length > 0 ? close() : []),
  }
}

/** Undefined for a blank line. */
function read(text: Buffer): Pick<Row, 'value' | 'issues'> | undefined {
  if (text.every((byte) => byte <= 0x20)) return undefined
  try {
    return { value: parseJson(text, 'application/json'), issues: [] }
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    const whole = { path: '', code: error.code, message: 'This line is not JSON.' }
    return { value: null, issues: error.issues.length > 0 ? error.issues : [whole] }
  }
}

function withoutBom(text: Buffer, line: number): Buffer {
  return line === 1 && text.subarray(0, BOM.length).equals(BOM) ? text.subarray(BOM.length) : text
}
