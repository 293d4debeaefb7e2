import { carries, entryEvent, storedVariables } from '../../entry-event.ts'
import { warning, type Fault } from '../../fault.ts'
import { parsePath } from '../../path.ts'
import type { Reader } from '../../reader.ts'
import { sayFound, type Found } from '../found.ts'
import { instantOf } from '../instant.ts'
import type { LeafPlace, LeafSpec } from '../leaf-spec.ts'
import { holds } from '../operators.ts'
import { read, type ConditionScene } from '../scene.ts'
import { fieldSchema, refOf, type FieldLeaf } from './field-schema.ts'

export interface FieldBecause {
  leaf: 'field'
  truth: boolean
  field: string
  found: Found
  /** What it was compared with, where that is read as well and was something else. */
  other?: { field: string; found: Found }
}

export const field: LeafSpec<FieldLeaf, FieldBecause> = {
  schema: fieldSchema,
  weigh(leaf, scene) {
    const found = read(leaf.field, scene)
    const value = valueOf(leaf, scene)
    const truth = holds(leaf.op, { found, value, now: scene.now })
    const path = refOf(leaf.value)
    const other = path !== undefined && value !== found && { field: path, found: shown(path, value) }
    return {
      leaf: 'field',
      truth,
      field: leaf.field,
      found: shown(leaf.field, found),
      ...(other && { other }),
    }
  },
  say: ({ field, found, other }, reader) =>
    sayRead(field, found, reader) + (other ? `, while ${sayRead(other.field, other.found, reader)}` : ''),
  reads: (leaf) => ({ member: pathsOf(leaf).some(({ path }) => path.startsWith('member.')) }),
  check: (leaf, place) => pathsOf(leaf).flatMap(({ path, at }) => checkPath(path, at, place)),
}

function valueOf({ value }: FieldLeaf, scene: ConditionScene): unknown {
  const path = refOf(value)
  return path === undefined ? value : read(path, scene)
}

function pathsOf({ field, value }: FieldLeaf): { path: string; at: string }[] {
  const path = refOf(value)
  return [{ path: field, at: 'field' }, ...(path === undefined ? [] : [{ path, at: 'value.ref' }])]
}

function checkPath(text: string, at: string, { catalog, document, tests }: LeafPlace): Fault[] {
  const { root, keys } = parsePath(text) ?? { root: 'member', keys: [] }
  if (root === 'member') return []
  if (root === 'journey') {
    if (storedVariables(document).includes(text)) return []
    return [
      warning(
        'unknown-variable',
        at,
        `No step stores *${text}*, so it is always missing. Store it in a webhook step.`,
      ),
    ]
  }
  const inEntry = root === 'entry' || tests === null
  const ofData = root === 'entry' ? keys.slice(1) : keys
  if (root === 'entry' && (keys[0] !== 'data' || ofData.length === 0)) return []
  const type = inEntry ? entryEvent(document) : tests
  if (carries(catalog, type, ofData.join('.'))) return []
  return [
    warning('unknown-variable', at, `*${type}* has never carried *${ofData.join('.')}*. Check the name.`),
  ]
}

/** 'prize tier was *silver*', 'joined at *11:08 on 5 November*' */
function sayRead(field: string, found: Found, reader: Reader): string {
  const name = nameOf(field)
  if (found === null) return `${name} was missing`
  if (ADDRESSES.has(field)) return `${name} was there`
  const instant = name.endsWith(' at') && instantOf(found) !== undefined
  return `${name}${instant ? '' : ' was'} ${sayFound(found, reader)}`
}

const ADDRESSES = new Set(['member.email', 'member.phone'])

/** What a step keeps of a found value: short, and never an address. */
function shown(field: string, found: unknown): FieldBecause['found'] {
  if (found === undefined) return null
  if (ADDRESSES.has(field)) return true
  return Array.isArray(found) ? found.slice(0, 10).map(brief) : brief(found)
}

function brief(value: unknown): Exclude<Found, unknown[]> {
  if (typeof value === 'string') return value.length > 80 ? `${value.slice(0, 80).toWellFormed()}…` : value
  if (typeof value === 'number' || typeof value === 'boolean') return value
  return value === null ? null : '…'
}

/** `event.prize.tier` and `entry.data.prize.tier` are "prize tier", `member.loyaltyTier` "loyalty tier". */
function nameOf(path: string): string {
  const words = path
    .replace(/^(?:entry\.data|\w+)\./, '')
    .replaceAll('.', ' ')
    .replaceAll(/[_-]/g, ' ')
  return words.replaceAll(
    /(\p{Ll})(\p{Lu})/gu,
    (_, end: string, start: string) => `${end} ${start.toLowerCase()}`,
  )
}
