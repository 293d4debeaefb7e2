import type { Issue } from '../../db/fault.ts'
import { EXPECTED, readCell } from './cell.ts'
import { readColumns, type Column, type Fields } from './columns.ts'
import { csvCells, type Cells } from './csv-cells.ts'
import { withDelimiter } from './delimiter.ts'
import { FileFault } from './file-fault.ts'
import type { Row } from './row.ts'

export interface CsvReading {
  fields: Fields
  map: Map<string, string>
  /** What an empty cell says: nothing, or that the field is empty from now on. */
  empty: 'keep' | 'clear'
}

/** A row for each line after the header, those of a part together. */
export async function* csvRows(bytes: AsyncIterable<Buffer>, reading: CsvReading): AsyncGenerator<Row[]> {
  let toRow: ((cells: Cells) => Row) | undefined
  const { delimiter, whole } = await withDelimiter(bytes)
  for await (const found of csvCells(whole, delimiter)) {
    const [head] = found
    if (head && !toRow) {
      toRow = rowReader(head, reading)
      found.shift()
    }
    if (toRow) yield found.map(toRow)
  }
  if (!toRow)
    throw new FileFault({
      code: 'empty-file',
      message: 'The file is empty. Its first line names the columns.',
    })
}

function rowReader(head: Cells, { fields, map, empty }: CsvReading): (cells: Cells) => Row {
  const { columns, issues } = readColumns(head.cells ?? [], fields, map)
  if (issues.length > 0) {
    const message = 'The columns are not those of this import; see issues.'
    throw new FileFault({ code: 'bad-columns', message, line: head.line, issues })
  }
  const nameOf = namesOf(columns)
  return ({ line, end, cells }) => ({ line, end, nameOf, ...readCells(cells, columns, empty) })
}

function readCells(
  cells: string[] | null,
  columns: Column[],
  empty: CsvReading['empty'],
): Pick<Row, 'value' | 'issues'> {
  if (!cells) return { value: null, issues: [STRAY] }
  if (cells.length !== columns.length) return { value: null, issues: [uneven(cells.length, columns.length)] }
  const value: Record<string, unknown> = {}
  const issues: Issue[] = []
  columns.forEach((column, at) => {
    const text = cells[at] ?? ''
    if (!column || (text === '' && empty === 'keep')) return
    const said = text === '' ? null : readCell(text, column.type)
    if (text.includes('\0')) issues.push({ ...BAD_TEXT, path: column.name })
    else if (said === undefined) issues.push(unexpected(column))
    else put(value, column.path, said)
  })
  return { value, issues }
}

const STRAY: Issue = {
  path: '',
  code: 'stray-quote',
  message: 'A quote stands inside a cell that is not quoted. Quote the cell, and double the quotes in it.',
}
const BAD_TEXT = { code: 'bad-text', message: 'This text cannot be stored.' }

function uneven(cells: number, columns: number): Issue {
  const message = `This row has ${cells} cells, the header names ${columns} columns.`
  return { path: '', code: 'uneven', message }
}

function unexpected({ name, type }: NonNullable<Column>): Issue {
  return { path: name, code: `invalid-${type}`, message: EXPECTED[type] ?? 'This cannot be read.' }
}

/** No key is `__proto__`: a column of that name is refused. */
function put(value: Record<string, unknown>, [key = '', ...rest]: string[], said: unknown): void {
  if (rest.length === 0) value[key] = said
  else put((value[key] ??= {}) as Record<string, unknown>, rest, said) // no column writes where another goes through
}

/** An issue inside what a column wrote has that column's name; any other keeps its path. */
function namesOf(columns: Column[]): Row['nameOf'] {
  const byPath = new Map(columns.flatMap((column) => (column ? [[column.path.join('.'), column.name]] : [])))
  return (path) => {
    for (
      let at = path.length;
      at > 0;
      at = Math.max(path.lastIndexOf('.', at - 1), path.lastIndexOf('[', at - 1))
    ) {
      const name = byPath.get(path.slice(0, at))
      if (name !== undefined) return name
    }
    return path
  }
}
