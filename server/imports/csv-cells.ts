import { type CsvError, Parser } from 'csv-parse'
import { FileFault } from './file-fault.ts'
import { ROW_AT_MOST } from './row.ts'

/** The cells of a row, in the order of the columns; none when a quote stands where none may. */
export interface Cells {
  line: number
  end: number
  cells: string[] | null
}

const NEWLINE = 0x0a
const STRAY = 'INVALID_OPENING_QUOTE'

/**
 * The rows of a CSV file as RFC 4180 has them, the header first, those of a part together. A quote inside a bare cell
 * spoils its row. One that is not closed leaves no telling where the next row begins: that ends the file.
 */
export async function* csvCells(bytes: AsyncIterable<Buffer>, delimiter: string): AsyncGenerator<Cells[]> {
  const reader = openReader(delimiter)
  try {
    for await (const part of bytes) yield* reader.read(part)
  } catch (error) {
    if (error instanceof FileFault) yield reader.rest()
    throw error
  }
  yield* reader.finish()
}

function openReader(delimiter: string) {
  const { parser, taken } = openParser(delimiter)
  let fed = 0
  let ended = false // the last row has, as far as it was read
  /** Rows before a fault are rows. */
  async function* pass(fault: Promise<Error | null | undefined>): AsyncGenerator<Cells[]> {
    const error = await fault
    yield taken.rows()
    const line = taken.lastLine() + 1
    const endless = fed - taken.lastEnd() > ROW_AT_MOST
    if (error || endless) ended = false
    if (error) throw new FileFault({ code: 'quote', message: UNCLOSED, line })
    if (endless) throw new FileFault({ code: 'too-long', message: ENDLESS, line })
  }
  return {
    read(part: Buffer) {
      fed += part.length
      ended = part.at(-1) === NEWLINE
      return pass(new Promise((done) => parser.write(part, done)))
    },
    finish: () => pass(new Promise((done) => parser.end(done))),
    /** A row that has ended, which the library holds back until it sees what follows. */
    rest(): Cells[] {
      if (ended) parser.write('\n'.repeat(8))
      return taken.rows()
    },
  }
}

const UNCLOSED = 'A quote in this row is not closed. Close it, and double the quotes inside a quoted cell.'
const ENDLESS = 'This row is over 1 MiB. Is a quote left open in it?'

/** The library pushes what it finds while it is given a part; nothing waits in its stream. */
function openParser(delimiter: string) {
  let found: Cells[] = []
  let end = 0
  let lastLine = 0
  let overcounted = 0 // the library counts a CRLF inside a cell as two lines

  function spoiled(error: CsvError | undefined): undefined {
    if (error?.code !== STRAY) throw error
    const line = Number(error['lines']) - overcounted
    if (line === lastLine) return // a second quote in the same row
    end = Math.max(end, Number(error['bytes']))
    lastLine = line
    found.push({ line, end, cells: null })
  }

  function record(cells: string[], info: { bytes: number; lines: number }): null {
    const inner = info.lines - overcounted > lastLine + 1 ? linesInside(cells) : { all: 0, extra: 0 }
    const line = info.lines - overcounted - inner.all
    overcounted += inner.extra
    lastLine = info.lines - overcounted
    end = info.bytes
    found.push({ line, end, cells })
    return null
  }

  const parser = new Parser({
    bom: true,
    delimiter,
    record_delimiter: ['\r\n', '\n'],
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    on_skip: spoiled,
    on_record: record,
  })
  parser.on('error', () => {}) // whoever gave it the part is told
  const rows = (): Cells[] => {
    const taken = found
    found = []
    return taken
  }
  return { parser, taken: { rows, lastLine: () => lastLine, lastEnd: () => end } }
}

/** Line breaks inside cells, as the library counts them, and how many of those are too many. */
function linesInside(cells: string[]): { all: number; extra: number } {
  const text = cells.join('')
  const all = text.match(/[\r\n]/g)?.length ?? 0
  const extra = text.match(/\r\n/g)?.length ?? 0
  return { all, extra }
}
