import { invalid, type Issue } from './fault.ts'
import type { Tx } from './pool.ts'
import { readSettings } from './settings.ts'

/** Topics come into being by use, unless the settings have closed the list: then a new one is refused. */
export async function useTopics(tx: Tx, topics: string[]): Promise<void> {
  const fresh = await unknown(tx, topics)
  if (fresh.length === 0) return
  const { topicsClosed } = await readSettings(tx)
  if (topicsClosed) throw invalid(fresh.map((topic) => closedTopic(topic, 'consents')))
  await add(tx, fresh)
}

/** Those of these topics that would be refused now. */
export async function refusedTopics(tx: Tx, topics: string[]): Promise<Set<string>> {
  const fresh = await unknown(tx, topics)
  if (fresh.length === 0) return new Set()
  const { topicsClosed } = await readSettings(tx)
  return new Set(topicsClosed ? fresh : [])
}

/** Topics that come into being whatever the settings say. */
export async function keepTopics(tx: Tx, topics: string[]): Promise<void> {
  const fresh = await unknown(tx, topics)
  if (fresh.length > 0) await add(tx, fresh)
}

async function unknown(tx: Tx, topics: string[]): Promise<string[]> {
  const wanted = [...new Set(topics)].filter((topic) => topic !== '*')
  const known = await tx.rows<{ key: string }>('select key from topic where key = any($1::text[])', [wanted])
  return wanted.filter((topic) => known.every((row) => row.key !== topic))
}

async function add(tx: Tx, topics: string[]): Promise<void> {
  await tx.rows(
    `insert into topic (workspace, key) select current_setting('app.workspace')::int, key from unnest($1::text[]) key
     order by key on conflict do nothing`,
    [topics],
  )
}

/** What is told of a topic that the settings do not allow. */
export function closedTopic(topic: string, path: string): Issue {
  const message = `There is no topic "${topic}", and the settings allow no new ones. Add it there, or use another.`
  return { path, code: 'unknown-topic', message }
}
