import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'

/**
 * A transaction, inside one workspace or outside them all. Statements run in the order they are asked for; those asked
 * for together (`Promise.all`) travel together, in one round trip.
 */
export interface Tx {
  /** Rows of one statement. `name` prepares it once per connection. */
  rows<R>(sql: string, params?: unknown[], name?: string): Promise<R[]>
}

export interface Db {
  /** Runs `work` in a transaction that sees and writes only rows of this workspace (row-level security). */
  inWorkspace<T>(workspace: number, work: (tx: Tx) => Promise<T>): Promise<T>
  /** Runs `work` in a transaction without a workspace: only stand, walk, alarm, lease and public_id are open to it. */
  outside<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  /** A listener for NOTIFY on its own connection; reconnects by itself and calls `onGap` after each reconnection. */
  listen(
    channel: string,
    onNotice: (payload: string) => void,
    onGap: () => void,
  ): Promise<() => Promise<void>>
  /** Connections now: all, those at rest, and callers who wait for one. */
  connections(): { total: number; idle: number; waiting: number }
  close(): Promise<void>
}

export interface DbOptions {
  url: string
  /** Connections. Two per worker are enough; a third gives 7 % (measured). */
  max: number
  name: string
  /** Plans named statements once, whatever their parameters: for a process that runs a few hot ones (the worker). */
  planOnce?: boolean
}

// int8 and numeric as numbers: ids and counts stay far below 2^53. Dates without a time stay text.
const PARSERS: Record<number, (text: string) => unknown> = { 20: Number, 1700: Number, 1082: String }
const types = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    PARSERS[oid] ?? pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
}

/**
 * The role without superuser rights that every connection takes on, whoever signed in. A process that is paused in the
 * middle of a transaction loses its locks after five seconds, so that others go on.
 */
const ROLE = '-c role=fanfare_app -c jit=off -c timezone=UTC -c idle_in_transaction_session_timeout=5s'

/**
 * A plan that is made once was made while its tables were small, and lasts while they grow: all of a small table inside
 * a loop became 550 ms for a claim of 500 among 20,000, where its index takes 45 (measured beside other load).
 */
const PLANNED_ONCE = '-c plan_cache_mode=force_generic_plan -c enable_seqscan=off'

export function openDb({ url, max, name, planOnce }: DbOptions): Db {
  const options = planOnce ? `${ROLE} ${PLANNED_ONCE}` : ROLE
  const config = {
    connectionString: url,
    options,
    application_name: name,
    types,
    keepAlive: true,
    pipeline: true,
  }
  const pool = new pg.Pool({ ...config, max, connectionTimeoutMillis: 5_000 })
  pool.on('error', () => {}) // an idle connection that dies is replaced; the next query reports a lasting fault
  // One that is ended between two statements of a transaction has no query to tell: unheard, it would end the process.
  pool.on('connect', (client) => client.on('error', () => {}))

  async function transaction<T>(begin: string, work: (tx: Tx) => Promise<T>): Promise<T> {
    const client = await pool.connect()
    let broken: Error | undefined
    try {
      holdBack(client)
      const begun = client.query(begin) // not awaited: the first statement travels with it
      const [result] = await Promise.all([work(txOf(client)), begun])
      await client.query('commit')
      return result
    } catch (error) {
      await client.query('rollback').catch((fault: Error) => (broken = fault))
      throw error
    } finally {
      client.release(broken)
    }
  }

  return {
    // One round trip: BEGIN and the setting travel together. The number is ours, never text from outside.
    inWorkspace: (workspace, work) =>
      transaction(`begin; select set_config('app.workspace', '${Number(workspace)}', true)`, work),
    outside: (work) => transaction('begin', work),
    listen: (channel, onNotice, onGap) => listen(config, { channel, onNotice, onGap }),
    connections: () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    close: () => pool.end(),
  }
}

function txOf(client: pg.PoolClient): Tx {
  return {
    async rows<R>(text: string, values: unknown[] = [], name?: string) {
      holdBack(client)
      const result = await client.query(name ? { text, values, name } : { text, values })
      return result.rows as R[] // the statement's own column list is the shape its caller names
    },
  }
}

/** Statements asked for in the same moment leave in one write: system calls cost more than the statements do. */
function holdBack(client: pg.PoolClient): void {
  const { stream } = (client as pg.PoolClient & Pick<pg.Client, 'connection'>).connection // a pooled client is a client
  stream.cork()
  process.nextTick(() => stream.uncork())
}

interface Listening {
  channel: string
  onNotice: (payload: string) => void
  onGap: () => void
}

async function listen(config: pg.ClientConfig, { channel, onNotice, onGap }: Listening) {
  let closed = false
  let client: pg.Client | undefined
  const connect = async (): Promise<void> => {
    const next = new pg.Client(config)
    next.on('error', () => {})
    next.on('notification', (notice) => onNotice(notice.payload ?? ''))
    try {
      await next.connect()
      await next.query(`listen ${pg.escapeIdentifier(channel)}`)
    } catch (error) {
      await next.end().catch(() => {})
      throw error
    }
    client = next
    // Only a connection that stood is reconnected from here: a failed attempt is tried again by `again` alone.
    next.once('end', () => void again())
  }
  const again = async (): Promise<void> => {
    while (!closed) {
      await pause(250)
      if (closed) return
      try {
        await connect()
        return onGap()
      } catch {
        // the database is still away
      }
    }
  }
  await connect()
  return async () => {
    closed = true
    await client?.end()
  }
}
