import type { Operator } from '../../flow/conditions/operators.ts'

/** Two jsonb expressions, which are repeated in the test, and the clock as float8: milliseconds since 1970. */
interface Operands {
  found: string
  value: string
  now: () => string
}

/**
 * flow/conditions/operators in SQL: null or false where it says false. A constant's part of a test is folded away when
 * the statement is planned.
 */
export const HOLDS: Record<Operator, (operands: Operands) => string> = {
  eq: ({ found, value }) => `${found} = ${value} and ${isScalar(found)}`,
  in: ({ found, value }) => `${isList(value)} and ${isScalar(found)} and ${value} @> ${found}`,
  lt: ({ found, value }) => order(found, '<', value),
  lte: ({ found, value }) => order(found, '<=', value),
  gt: ({ found, value }) => order(found, '>', value),
  gte: ({ found, value }) => order(found, '>=', value),
  between: ({ found, value }) =>
    `case when ${isList(value)} then case when jsonb_array_length(${value}) = 2 then
      ${order(found, '>=', `(${value} -> 0)`)} and ${order(found, '<=', `(${value} -> 1)`)} end end`,
  contains: ({ found, value }) =>
    `(${isList(found)} and ${isScalar(value)} and ${found} @> ${value}
      or ${areTexts(found, value)} and strpos(${text(found)}, ${text(value)}) > 0)`,
  startsWith: ({ found, value }) =>
    `${areTexts(found, value)} and starts_with(${text(found)}, ${text(value)})`,
  endsWith: ({ found, value }) =>
    `${areTexts(found, value)} and right(${text(found)}, length(${text(value)})) = ${text(value)}`,
  exists: ({ found }) => `${found} <> 'null'::jsonb`,
  hasAny: ({ found, value }) =>
    `${isList(found)} and exists (${elementsOf(value)} where ${isScalar('one')} and ${found} @> one)`,
  hasAll: ({ found, value }) =>
    `${isList(found)} and exists (${elementsOf(value)})
      and not exists (${elementsOf(value)} where not (${isScalar('one')} and ${found} @> one))`,
  before: ({ found, value }) => `instant_ms(${found}) < instant_ms(${value})`,
  after: ({ found, value }) => `instant_ms(${found}) > instant_ms(${value})`,
  withinLast: ({ found, value, now }) =>
    `instant_ms(${found}) between ${now()} - duration_ms(${value}) and ${now()}`,
  withinNext: ({ found, value, now }) =>
    `instant_ms(${found}) between ${now()} and ${now()} + duration_ms(${value})`,
}

const isList = (json: string): string => `jsonb_typeof(${json}) = 'array'`
const isScalar = (json: string): string => `jsonb_typeof(${json}) in ('string', 'number', 'boolean')`
const areTexts = (a: string, b: string): string =>
  `jsonb_typeof(${a}) = 'string' and jsonb_typeof(${b}) = 'string'`
const areNumbers = (a: string, b: string): string =>
  `jsonb_typeof(${a}) = 'number' and jsonb_typeof(${b}) = 'number'`

/** By code point. */
const text = (json: string): string => `(${json} #>> '{}') collate "C"`

/** Numbers of stored JSON were doubles when they were written, so their decimals are in the order of the doubles. */
function order(a: string, sign: string, b: string): string {
  return `(${areNumbers(a, b)} and ${a} ${sign} ${b} or ${areTexts(a, b)} and ${text(a)} ${sign} ${text(b)})`
}

function elementsOf(json: string): string {
  return `select from jsonb_array_elements(case when ${isList(json)} then ${json} else '[]' end) one`
}
