import { refOf, type FieldLeaf } from '../../flow/conditions/leaves/field-schema.ts'
import type { Operator } from '../../flow/conditions/operators.ts'
import type { Place } from './leaf-sql.ts'
import type { Source } from './source.ts'

/**
 * Tests beside a constant that PostgreSQL answers faster than the general ones: by an index, by looking into a document
 * once, by hashing a long list. Undefined where there is none.
 */
export function besideConstant({ op, value }: FieldLeaf, found: Source, place: Place): string | undefined {
  return refOf(value) === undefined ? FASTER[op]?.(value, found, place) : undefined
}

type Faster = (value: unknown, found: Source, place: Place) => string | undefined

const FASTER: Partial<Record<Operator, Faster>> = {
  eq(value, { column, inside }, { param }) {
    if (column) return typeof value === 'string' ? known(column, `= ${param(value)}::text`) : 'false'
    return inside && total(`${inside.document} @> ${param(wrapped(inside.keys, value))}::jsonb`)
  },
  in(value, { column, json }, { param }) {
    if (!Array.isArray(value)) return undefined
    const texts = value.filter((one) => typeof one === 'string')
    if (column) return known(column, `= any(${param(texts)}::text[])`)
    return total(`${json()} = any(${param(value.map(asJson))}::jsonb[])`)
  },
  hasAny(value, { json }, { param }) {
    if (!Array.isArray(value)) return undefined
    const found = json()
    return total(`jsonb_typeof(${found}) = 'array' and ${found} @> any(${param(value.map(asJson))}::jsonb[])`)
  },
}

const asJson = (value: unknown): string => JSON.stringify(value)

/** A document that holds nothing but this value at these keys. */
function wrapped(keys: readonly string[], value: unknown): string {
  return keys.reduceRight((json, key) => `{${asJson(key)}:${json}}`, asJson(value))
}

/** Never null, and still a test by itself for an index. */
const known = (column: string, test: string): string => `${column} ${test} and ${column} is not null`

/** Also where null is impossible: beside a bare `@>` PostgreSQL expects one row in a thousand, and joins accordingly. */
const total = (test: string): string => `coalesce(${test}, false)`
