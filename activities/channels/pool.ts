import type { Channel } from '../../flow/channels/channel.ts'
import { openTransport, type StoredTransport } from './registry.ts'
import type { Surroundings } from './transport-kind.ts'
import type { Transport } from './transport.ts'

/** A `transport` row with its secrets unsealed. */
export interface TransportRow extends StoredTransport {
  id: number
  revision: number
  channel: Channel
}

export interface TransportPool {
  /**
   * The open transport of a row. `load` is called only when this revision is not open yet; an older one is then
   * drained and closed. A caller with a stale revision gets the newer transport. Rejects when `load` or opening fails.
   */
  take(wanted: { id: number; revision: number }, load: () => Promise<TransportRow>): Promise<Transport>
  /** Drains and closes them all. */
  close(): Promise<void>
}

type Around = (row: TransportRow) => Omit<Surroundings, 'channel'>

interface Held {
  revision: number
  transport: Promise<Transport>
}

/** Open transports of this process, one for each row, reopened when the row's revision moves on. */
export function transportPool(around: Around): TransportPool {
  const held = new Map<number, Held>()
  const closing = new Set<Promise<void>>()

  const retire = (old: Held): void => {
    const closed = old.transport
      .then((transport) => transport.close())
      .catch(() => {}) // one that never opened needs no closing; its opener has the error
      .finally(() => closing.delete(closed))
    closing.add(closed)
  }

  const open = async (load: () => Promise<TransportRow>): Promise<Transport> => {
    const row = await load()
    return openTransport(row, { channel: row.channel, ...around(row) })
  }

  return {
    take({ id, revision }, load) {
      const known = held.get(id)
      if (known && known.revision >= revision) return known.transport
      const fresh: Held = { revision, transport: open(load) }
      held.set(id, fresh)
      if (known) retire(known)
      fresh.transport.catch(() => held.get(id) === fresh && held.delete(id))
      return fresh.transport
    },
    async close() {
      for (const each of held.values()) retire(each)
      held.clear()
      await Promise.all(closing)
    },
  }
}
