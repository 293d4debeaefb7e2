import type { Client } from '@temporalio/client'
import type { MikroORM } from '@mikro-orm/postgresql'
import type { Logger } from 'pino'
import type { Desk } from '../../db/desk.ts'
import type { Db } from '../../db/pool.ts'
import type { Reach } from '../../flow/reach.ts'
import type { Live } from '../live.ts'
import type { Metrics } from '../metrics.ts'
import type { Principal } from './principal.ts'

/** What the process offers to every handler, also to those without a key. */
export interface Services {
  /** Set-based SQL: the hot nouns (members, events, messages, flows, enrollments). */
  db: Db
  /** Entities: the cold nouns; use it through `inWorkspace(orm, workspace, (em) => …)` of db/orm.ts. */
  orm: MikroORM
  /** What writing about members and deciding about them needs beside a transaction. */
  desk: Desk
  now(): Date
  /** Without a trailing slash. */
  publicUrl: string
  /** For sealing (db/seal.ts) and signing. */
  secret: string
  /** What webhooks may call besides public addresses. */
  reach: Reach
  /** Connects on the first call, and again by itself; calls reject while Temporal is away. */
  temporal: Client
  live: Live
  metrics: Metrics
  log: Logger
}

/** What a handler behind a key gets. */
export interface Context extends Services {
  workspace: number
  principal: Principal
}
