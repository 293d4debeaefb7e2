import { CHANNEL_SPECS } from '../../../flow/channels/registry.ts'
import type { ReachableLeaf } from '../../../flow/conditions/leaves/reachable.ts'
import type { LeafSql } from '../leaf-sql.ts'

/** The oldest address of its kind is the one that is used, as in db/hot/facts. */
export const reachable: LeafSql<ReachableLeaf> = {
  sql({ reachable: channel }, { param }) {
    const kind = `${param(CHANNEL_SPECS[channel].addressKind)}::text`
    return `exists (select from address a where a.member = m.id and a.kind = ${kind}
      and not exists (select from address older where older.member = a.member and older.kind = ${kind}
        and (older.created_at, older.value) < (a.created_at, a.value))
      and not exists (select from suppression s where s.digest = a.digest and s.channel = ${param(channel)}::text))`
  },
}
