import { refOf, type FieldLeaf } from '../../../flow/conditions/leaves/field-schema.ts'
import { besideConstant } from '../constant.ts'
import type { LeafSql, Place } from '../leaf-sql.ts'
import { HOLDS } from '../operators.ts'
import { sourceOf } from '../source.ts'

export const field: LeafSql<FieldLeaf> = {
  sql(leaf, place) {
    const found = sourceOf(leaf.field, place)
    const constant = found && besideConstant(leaf, found, place)
    if (constant) return constant
    const value = valueOf(leaf, place)
    if (!found || value === undefined) return 'false'
    const now = () => `${place.param(place.now)}::float8`
    return `coalesce(${HOLDS[leaf.op]({ found: found.json, value, now })}, false)`
  },
}

/** As jsonb; undefined where a `{ ref }` finds nothing. */
function valueOf({ op, value }: FieldLeaf, place: Place): string | undefined {
  if (op === 'exists') return 'null'
  const ref = refOf(value)
  return ref === undefined ? `${place.param(JSON.stringify(value))}::jsonb` : sourceOf(ref, place)?.json
}
