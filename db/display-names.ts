import type { Names } from '../flow/reader.ts'
import { encodeId } from './ids.ts'
import type { Tx } from './pool.ts'

/** What people call the audiences, lists and flows that conditions name by key or id. */
export async function displayNames(tx: Tx): Promise<Names> {
  const rows = await tx.rows<{ of: keyof Names; key: string; id: number; name: string }>(
    `select 'audiences' "of", key, id, name from audience
     union all select 'lists', key, id, name from list
     union all select 'flows', '', id, name from flow where kind = 'drawn'`,
  )
  const called = (of: keyof Names) =>
    rows
      .filter((row) => row.of === of)
      .map(({ key, id, name }) => [of === 'flows' ? encodeId('flow', id) : key, name])
  return {
    audiences: Object.fromEntries(called('audiences')),
    lists: Object.fromEntries(called('lists')),
    flows: Object.fromEntries(called('flows')),
  }
}
