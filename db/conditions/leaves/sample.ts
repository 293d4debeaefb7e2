import { saltOf } from '../../../flow/bucket.ts'
import type { SampleLeaf } from '../../../flow/conditions/leaves/sample.ts'
import type { LeafSql } from '../leaf-sql.ts'

export const sample: LeafSql<SampleLeaf> = {
  sql: ({ sample: { percent, salt } }, { param }) =>
    `bucket_of(m.id, ${param(saltOf(salt))}::bigint) * 100 < ${param(percent)}::float8`,
}
