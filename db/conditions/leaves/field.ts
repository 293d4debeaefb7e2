import { refOf, type FieldLeaf } from '../../../flow/conditions/leaves/field-schema.ts'
import { besideConstant } from '../constant.ts'
import type { LeafSql, Place } from '../leaf-sql.ts'
import { HOLDS } from '../operators.ts'
import { isThere, sourceOf, type Source } from '../source.ts'

export const field: LeafSql<FieldLeaf> = {
  sql(leaf, place) {
    const ref = refOf(leaf.value)
    if (!isThere(leaf.field, place) || (ref !== undefined && !isThere(ref, place))) return 'false'
    const found = sourceOf(leaf.field, place)
    const test = besideConstant(leaf, found, place) ?? besideAny(leaf, found, place)
    return found.from ? `exists (select ${found.from} and ${test})` : test
  },
}

function besideAny(leaf: FieldLeaf, { json }: Source, place: Place): string {
  const now = () => `${place.param(place.now)}::float8`
  return `coalesce(${HOLDS[leaf.op]({ found: json(), value: valueOf(leaf, place), now })}, false)`
}

/** As jsonb. */
function valueOf({ op, value }: FieldLeaf, place: Place): string {
  if (op === 'exists') return 'null'
  const ref = refOf(value)
  if (ref === undefined) return `${place.param(JSON.stringify(value))}::jsonb`
  const { json, from } = sourceOf(ref, place)
  return from ? `(select ${json()} ${from})` : json()
}
