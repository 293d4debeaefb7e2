import { listEventTypes } from '../db/event-types.ts'
import type { Memory } from '../db/memory.ts'
import { readNames } from '../db/names.ts'
import type { Tx } from '../db/pool.ts'
import { kindOf } from '../activities/channels/registry.ts'
import type { Catalog } from '../flow/catalog.ts'
import type { Reach } from '../flow/reach.ts'
import { readSettings } from '../db/settings.ts'

/** What a drawing of this workspace is checked against. */
export async function readCatalog(
  tx: Tx,
  { memory, reach }: { memory: Memory; reach: Reach },
): Promise<Catalog> {
  const { templates, transports, audiences } = await memory.workspace(tx)
  const { topicsClosed } = await readSettings(tx)
  const types = await listEventTypes(tx)
  const { topics, lists, flows, secrets } = await readNames(tx)
  return {
    templates,
    transports: Object.fromEntries(
      Object.entries(transports).map(([channel, { kind, ready }]) => [
        channel,
        { ready, reports: kindOf(kind)?.reports ?? [] },
      ]),
    ),
    eventTypes: Object.fromEntries(types.map(({ type, fields }) => [type, Object.keys(fields)])),
    audiences: Object.fromEntries(Object.keys(audiences).map((key) => [key, {}])),
    topics: topicsClosed ? topics : null,
    lists,
    flows,
    secrets,
    reach,
  }
}
