import type { MessageLeaf } from '../../../flow/conditions/leaves/message.ts'
import type { LeafSql } from '../leaf-sql.ts'

/** About the messages of one journey: outside of any there are none. */
export const message: LeafSql<MessageLeaf> = { sql: () => 'false' }
