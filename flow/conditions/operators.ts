import { durationMs } from '../duration.ts'
import { instantOf } from './instant.ts'

export const OPERATORS = [
  ...([
    'eq',
    'in',
    'lt',
    'lte',
    'gt',
    'gte',
    'between',
    'contains',
    'startsWith',
    'endsWith',
    'exists',
  ] as const),
  ...(['hasAny', 'hasAll', 'before', 'after', 'withinLast', 'withinNext'] as const),
] as const
export type Operator = (typeof OPERATORS)[number]

interface Operands {
  found: unknown
  value: unknown
  now: number
}

/** Whether an operator holds. A missing value or one of the wrong type makes it false, whatever the operator. */
export function holds(op: Operator, operands: Operands): boolean {
  return operands.found !== undefined && HOLDS[op](operands)
}

const HOLDS: Record<Operator, (operands: Operands) => boolean> = {
  eq: ({ found, value }) => isScalar(found) && found === value,
  in: ({ found, value }) => isScalar(found) && Array.isArray(value) && value.includes(found),
  lt: ({ found, value }) => order(found, value, (sign) => sign < 0),
  lte: ({ found, value }) => order(found, value, (sign) => sign <= 0),
  gt: ({ found, value }) => order(found, value, (sign) => sign > 0),
  gte: ({ found, value }) => order(found, value, (sign) => sign >= 0),
  between: ({ found, value }) =>
    Array.isArray(value) &&
    value.length === 2 &&
    order(found, value[0], (sign) => sign >= 0) &&
    order(found, value[1], (sign) => sign <= 0),
  contains: ({ found, value }) =>
    Array.isArray(found)
      ? isScalar(value) && found.includes(value)
      : texts(found, value, (a, b) => a.includes(b)),
  startsWith: ({ found, value }) => texts(found, value, (a, b) => a.startsWith(b)),
  endsWith: ({ found, value }) => texts(found, value, (a, b) => a.endsWith(b)),
  exists: () => true,
  hasAny: ({ found, value }) =>
    lists(found, value, (a, b) => b.some((one) => isScalar(one) && a.includes(one))),
  hasAll: ({ found, value }) =>
    lists(found, value, (a, b) => b.length > 0 && b.every((one) => isScalar(one) && a.includes(one))),
  before: ({ found, value }) => instants(found, value, (a, b) => a < b),
  after: ({ found, value }) => instants(found, value, (a, b) => a > b),
  withinLast: ({ found, value, now }) => span(found, value, (at, ms) => at <= now && at >= now - ms),
  withinNext: ({ found, value, now }) => span(found, value, (at, ms) => at >= now && at <= now + ms),
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

/** Two numbers, or two texts; a number and a text have no order. */
function order(a: unknown, b: unknown, accept: (sign: number) => boolean): boolean {
  if (typeof a === 'number' && typeof b === 'number') return accept(Math.sign(a - b))
  return typeof a === 'string' && typeof b === 'string' && accept(compareText(a, b))
}

/** By code point, as PostgreSQL's "C" collation: JavaScript's `<` would put 🎉 before ｡. */
function compareText(a: string, b: string): number {
  const left = a[Symbol.iterator]()
  const right = b[Symbol.iterator]()
  for (;;) {
    const one = left.next().value?.codePointAt(0) ?? -1
    const other = right.next().value?.codePointAt(0) ?? -1
    if (one !== other || one === -1) return Math.sign(one - other)
  }
}

function texts(a: unknown, b: unknown, accept: (a: string, b: string) => boolean): boolean {
  return typeof a === 'string' && typeof b === 'string' && accept(a, b)
}

function lists(a: unknown, b: unknown, accept: (a: unknown[], b: unknown[]) => boolean): boolean {
  return Array.isArray(a) && Array.isArray(b) && accept(a, b)
}

function instants(a: unknown, b: unknown, accept: (a: number, b: number) => boolean): boolean {
  const [one, other] = [instantOf(a), instantOf(b)]
  return one !== undefined && other !== undefined && accept(one, other)
}

function span(found: unknown, value: unknown, accept: (at: number, ms: number) => boolean): boolean {
  const at = instantOf(found)
  const ms = typeof value === 'string' ? durationMs(value) : undefined
  return at !== undefined && ms !== undefined && accept(at, ms)
}
