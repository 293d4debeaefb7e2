/** Which members a population consists of, as the index `member_standing` has them in order of their ids. Reads `m`. */
export const STANDING = `m.workspace::bigint = current_setting('app.workspace')::bigint and m.erased_at is null`
