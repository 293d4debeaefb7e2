import { displayNames } from '../db/display-names.ts'
import type { Memory } from '../db/memory.ts'
import type { Tx } from '../db/pool.ts'
import type { Reader } from '../flow/reader.ts'

/** Who reads a reason over the API: instants are told on the workspace's clock, in the language of the sentences. */
export async function readerOf(tx: Tx, memory: Memory): Promise<Reader> {
  const { timeZone } = await memory.workspace(tx)
  return { zone: timeZone, locale: 'en-GB', now: Date.now(), names: await displayNames(tx) }
}
