import { refOf, type FieldLeaf } from '../../../flow/conditions/leaves/field-schema.ts'
import { besideConstant } from '../constant.ts'
import type { LeafSql, Place } from '../leaf-sql.ts'
import { HOLDS } from '../operators.ts'
import { isThere, sourceOf } from '../source.ts'

export const field: LeafSql<FieldLeaf> = {
  sql(leaf, place) {
    const ref = refOf(leaf.value)
    if (!isThere(leaf.field, place) || (ref !== undefined && !isThere(ref, place))) return 'false'
    const found = sourceOf(leaf.field, place)
    const test = besideConstant(leaf, found, place)
    if (test) return test
    const now = () => `${place.param(place.now)}::float8`
    return `coalesce(${HOLDS[leaf.op]({ found: found.json, value: valueOf(leaf, place), now })}, false)`
  },
}

/** As jsonb. */
function valueOf({ op, value }: FieldLeaf, place: Place): string {
  if (op === 'exists') return 'null'
  const ref = refOf(value)
  return ref === undefined ? `${place.param(JSON.stringify(value))}::jsonb` : sourceOf(ref, place).json
}
