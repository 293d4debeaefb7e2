import type { Issue } from '../../db/fault.ts'
import type { CellType } from './cell.ts'

/** What the columns of a kind of file may be. */
export interface Fields {
  /** By name; whoever writes `external_id` or `E-mail` is understood. */
  fixed: Record<string, { path: string[]; type: CellType }>
  /** The one field with keys of its own: a column `attributes.points:number`. */
  open: string
  required: string[]
}

/** Fields that are one line of text. */
export function linesNamed(...names: string[]): Fields['fixed'] {
  return Object.fromEntries(names.map((name) => [name, { path: [name], type: 'line' as const }]))
}

/** Where the cells of a column go; null: nowhere. */
export type Column = { name: string; path: string[]; type: CellType } | null

const COLUMNS_AT_MOST = 500
const TYPED = /^(.*?)(?::(text|number|boolean|json|list))?$/s

/** `Mail:email,Points:attributes.points:number,#3:` says what columns are, by name or by number; one that is nothing is left out. */
export function parseMap(text: string): Map<string, string> {
  const pairs = text.split(',').filter((pair) => pair.trim() !== '')
  return new Map(
    pairs.map((pair) => {
      const at = pair.indexOf(':')
      return at < 0 ? [pair.trim(), ''] : [pair.slice(0, at).trim(), pair.slice(at + 1).trim()]
    }),
  )
}

/** What each column of a header is, or all that is wrong with it. */
export function readColumns(
  header: string[],
  fields: Fields,
  map: Map<string, string>,
): { columns: Column[]; issues: Issue[] } {
  if (header.length > COLUMNS_AT_MOST)
    return { columns: [], issues: [issue('', 'too-many', `A file has at most ${COLUMNS_AT_MOST} columns.`)] }
  const issues: Issue[] = []
  const names = header.map((name, at) => name.trim() || `#${at + 1}`)
  const columns = names.map((name, at) => {
    const mapped = map.get(name) ?? map.get(`#${at + 1}`)
    if (mapped === '') return null
    const target = targetOf(mapped ?? name, fields)
    if (!target) issues.push(unknown(name, mapped, fields))
    return target && { name, ...target }
  })
  const strangers = [...map.keys()].filter((name) => !names.includes(name) && !isPlace(name, names.length))
  issues.push(...strangers.map((name) => issue('map', 'unknown-column', `No column is called "${name}".`)))
  if (issues.length === 0) issues.push(...clashes(columns), ...lacking(columns, fields))
  return { columns, issues }
}

const isPlace = (name: string, columns: number): boolean =>
  /^#[1-9]\d{0,3}$/.test(name) && Number(name.slice(1)) <= columns

function targetOf(text: string, fields: Fields): Omit<NonNullable<Column>, 'name'> | null {
  const [, name = '', type] = TYPED.exec(text) ?? []
  const [head, ...keys] = name.split('.')
  if (head === fields.open && keys.length > 0 && keys.every(isKey)) {
    return { path: [head, ...keys], type: (type ?? 'text') as CellType } // as the pattern lists them
  }
  const found = Object.entries(fields.fixed).find(([fixed]) => plain(fixed) === plain(name))
  return found && !type ? found[1] : null
}

const isKey = (key: string): boolean =>
  key !== '' && key.length <= 200 && key !== '__proto__' && !key.includes('\0')
const plain = (name: string): string => name.toLowerCase().replaceAll(/[\s_-]/g, '')

function unknown(name: string, mapped: string | undefined, { fixed, open }: Fields): Issue {
  const known = [...Object.keys(fixed), `${open}.<key>`, `${open}.<key>:number`].join(', ')
  const what = mapped === undefined ? `"${name}" is no field` : `"${mapped}" is no field`
  const message = `${what}. A column is one of ${known}. Rename it, say what it is (?map=${name}:${open}.<key>), or leave it out (?map=${name}:).`
  return issue(name, 'unknown-column', message)
}

/** Two columns that would write the same place, or one inside the other. */
function clashes(columns: Column[]): Issue[] {
  const taken = columns.flatMap((column) =>
    column ? [{ ...column, key: `${column.path.join('\0')}\0` }] : [],
  )
  return taken.flatMap(({ name, key }, at) => {
    const other = taken.slice(0, at).find((one) => one.key.startsWith(key) || key.startsWith(one.key))
    const message = `"${other?.name}" and "${name}" say the same. Leave one of them out.`
    return other ? [issue(name, 'column-twice', message)] : []
  })
}

function lacking(columns: Column[], { required }: Fields): Issue[] {
  const there = new Set(columns.map((column) => column?.path.join('.')))
  const message = 'The file has no such column. Its first line names the columns.'
  return required.filter((name) => !there.has(name)).map((name) => issue(name, 'required', message))
}

const issue = (path: string, code: string, message: string): Issue => ({ path, code, message })
