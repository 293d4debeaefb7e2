import { encodeId } from './ids.ts'
import type { Tx } from './pool.ts'

/** What a drawing can name besides templates and audiences. */
export interface Names {
  topics: string[]
  lists: string[]
  /** Public ids of the flows that were drawn. */
  flows: string[]
  secrets: string[]
}

export async function readNames(tx: Tx): Promise<Names> {
  const [topics, lists, flows, secrets] = await Promise.all([
    tx.rows<{ key: string }>('select key from topic'),
    tx.rows<{ key: string }>('select key from list'),
    tx.rows<{ id: number }>(`select id from flow where kind = 'drawn'`),
    tx.rows<{ name: string }>('select name from secret'),
  ])
  return {
    topics: topics.map((row) => row.key),
    lists: lists.map((row) => row.key),
    flows: flows.map((row) => encodeId('flow', row.id)),
    secrets: secrets.map((row) => row.name),
  }
}
