import { refOf, type FieldLeaf } from '../../flow/conditions/leaves/field-schema.ts'
import type { Place } from './leaf-sql.ts'
import type { Source } from './source.ts'

/**
 * Tests beside a constant that PostgreSQL answers faster than the general ones: by an index, or by hashing a long list.
 * Undefined where there is none.
 */
export function besideConstant(
  leaf: FieldLeaf,
  { json, column }: Source,
  { param }: Place,
): string | undefined {
  const { op, value } = leaf
  if (refOf(value) !== undefined) return undefined
  if (column && op === 'eq')
    return typeof value === 'string' ? known(column, `= ${param(value)}::text`) : 'false'
  if (column && op === 'in' && Array.isArray(value))
    return known(column, `= any(${param(value.filter((one) => typeof one === 'string'))}::text[])`)
  if (op === 'in' && Array.isArray(value))
    return `coalesce(${json} = any(${param(value.map(asJson))}::jsonb[]), false)`
  if (op === 'hasAny' && Array.isArray(value))
    return `coalesce(jsonb_typeof(${json}) = 'array' and ${json} @> any(${param(value.map(asJson))}::jsonb[]), false)`
  return undefined
}

const asJson = (value: unknown): string => JSON.stringify(value)

/** Never null, and still a test by itself for an index. */
const known = (column: string, test: string): string => `${column} ${test} and ${column} is not null`
