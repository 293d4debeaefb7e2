import type { InAudienceLeaf } from '../../../flow/conditions/leaves/in-audience.ts'
import { own } from '../../../flow/own.ts'
import type { LeafSql } from '../leaf-sql.ts'

export const inAudience: LeafSql<InAudienceLeaf> = {
  sql({ inAudience: key }, place) {
    const where = own(place.audiences, key)
    if (!where || place.trail.includes(key)) return 'false'
    return place.condition(where, { ...place, testsEvent: false, trail: [...place.trail, key] })
  },
}
