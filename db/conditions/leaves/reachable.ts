import { CHANNEL_SPECS } from '../../../flow/channels/registry.ts'
import type { ReachableLeaf } from '../../../flow/conditions/leaves/reachable.ts'
import type { LeafSql } from '../leaf-sql.ts'
import { isUsed } from '../used-address.ts'

/** Whoever has an address, without the few whose address is suppressed: twice as fast as looking at each one's. */
export const reachable: LeafSql<ReachableLeaf> = {
  sql({ reachable: channel }, { param }) {
    const kind = `${param(CHANNEL_SPECS[channel].addressKind)}::text`
    const has = `select from address a where a.member = m.id and a.kind = ${kind}`
    const suppressed = `select from suppression s where s.digest = a.digest and s.channel = ${param(channel)}::text`
    return `exists (${has}) and not exists (${has} and exists (${suppressed}) and ${isUsed('a')})`
  },
}
