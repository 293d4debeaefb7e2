import type { Reject } from '../../db/import-rejects.ts'
import type { Tx } from '../../db/pool.ts'
import { closedTopic, refusedTopics } from '../../db/topics.ts'
import type { Line } from './kind.ts'

interface Mentioned {
  topic: string
  path: string
}

/** Rows whose topics the settings allow, and apart from them those that mention another. */
export async function topicFilter<V>(
  tx: Tx,
  lines: Line<V>[],
  topicsOf: (value: V) => Mentioned[],
): Promise<{ allowed: Line<V>[]; rejects: Reject[] }> {
  const mentioned = lines.flatMap(({ value }) => topicsOf(value).map(({ topic }) => topic))
  if (mentioned.length === 0) return { allowed: lines, rejects: [] }
  const refused = await refusedTopics(tx, mentioned)
  if (refused.size === 0) return { allowed: lines, rejects: [] }
  const rejects = lines.flatMap(({ line, value, nameOf }) => {
    const closed = topicsOf(value).filter(({ topic }) => refused.has(topic))
    const issues = closed.map(({ topic, path }) => closedTopic(topic, nameOf(path)))
    return issues.length > 0 ? [{ line, issues }] : []
  })
  const bad = new Set(rejects.map(({ line }) => line))
  return { allowed: lines.filter(({ line }) => !bad.has(line)), rejects }
}
