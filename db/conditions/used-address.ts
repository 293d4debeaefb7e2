/** Whether an address is the one that is used: the oldest of its kind, as in db/hot/facts. */
export function isUsed(address: string): string {
  return `not exists (select from address older
    where older.member = ${address}.member and older.kind = ${address}.kind
      and (older.created_at, older.value) < (${address}.created_at, ${address}.value))`
}
