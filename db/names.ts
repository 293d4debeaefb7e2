import { encodeId } from './ids.ts'
import type { Tx } from './pool.ts'

/** What a drawing can name besides templates and audiences. */
export interface Names {
  topics: string[]
  lists: string[]
  /** Public ids of the flows that were drawn. */
  flows: string[]
}

export async function readNames(tx: Tx): Promise<Names> {
  const [topics, lists, flows] = await Promise.all([
    tx.rows<{ key: string }>('select key from topic'),
    tx.rows<{ key: string }>('select key from list'),
    tx.rows<{ id: number }>(`select id from flow where kind = 'drawn'`),
  ])
  return {
    topics: topics.map((row) => row.key),
    lists: lists.map((row) => row.key),
    flows: flows.map((row) => encodeId('flow', row.id)),
  }
}
