import type { InListLeaf } from '../../../flow/conditions/leaves/in-list.ts'
import type { LeafSql } from '../leaf-sql.ts'

export const inList: LeafSql<InListLeaf> = {
  sql: ({ inList: key }, { param }) => `exists (select from list_member lm where lm.member = m.id
    and lm.list = (select l.id from list l where l.key = ${param(key)}::text))`,
}
