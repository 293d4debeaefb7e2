import type { Tx } from './pool.ts'

/** When the transaction began, by the database's clock: milliseconds since 1970. */
export async function nowOf(tx: Tx): Promise<number> {
  const [row] = await tx.rows<{ now: Date }>('select now() now')
  return row?.now.getTime() ?? 0
}
