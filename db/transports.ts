import { LockMode } from '@mikro-orm/postgresql'
import type { EntityManager } from '@mikro-orm/postgresql'
import { z } from 'zod'
import type { Channel } from '../flow/channels/channel.ts'
import { CHANNELS } from '../flow/channels/channel.ts'
import { createAudit } from './audit.ts'
import { Transport } from './entities/transport.ts'
import { missing } from './fault.ts'
import type { Tx } from './pool.ts'
import { seal, unseal } from './seal.ts'

/** A channel's connection with its secrets open. */
export interface StoredTransport {
  id: number
  revision: number
  channel: Channel
  kind: string
  settings: Record<string, unknown>
  secrets: Record<string, string>
  /** Its secrets were sealed under another FANFARE_SECRET. */
  locked: boolean
}

export interface NewTransport {
  channel: Channel
  kind: string
  settings: Record<string, unknown>
  secrets: Record<string, string>
}

type Row = Pick<Transport, 'id' | 'revision' | 'channel' | 'kind' | 'settings' | 'secrets'>
type Key = { workspace: number; secret: string }

const secretsSchema = z.record(z.string(), z.string())

/** The channels that have a connection. */
export async function listTransports(em: EntityManager, key: Key): Promise<StoredTransport[]> {
  const rows = await em.find(Transport, { isDefault: true })
  return rows.map((row) => open(row, key))
}

export async function findTransport(
  em: EntityManager,
  channel: Channel,
  key: Key,
): Promise<StoredTransport | undefined> {
  const row = await em.findOne(Transport, { channel, isDefault: true })
  return row ? open(row, key) : undefined
}

/** Replaces a channel's connection. Messages under way keep pointing to the row; its revision tells workers to reopen. */
export async function saveTransport(
  em: EntityManager,
  wanted: NewTransport,
  { workspace, secret, actor }: Key & { actor: string },
): Promise<void> {
  const { channel, kind, settings, secrets } = wanted
  const sealed =
    Object.keys(secrets).length > 0
      ? seal(secret, placeOf(workspace, channel), JSON.stringify(secrets))
      : null
  const row = await em.findOne(
    Transport,
    { channel, isDefault: true },
    { lockMode: LockMode.PESSIMISTIC_WRITE },
  )
  const before = row && { kind: row.kind, settings: row.settings }
  if (row)
    Object.assign(row, {
      kind,
      settings,
      secrets: sealed,
      revision: row.revision + 1,
      lastError: null,
      lastErrorAt: null,
    })
  else
    em.create(Transport, {
      workspace,
      channel,
      kind,
      settings,
      secrets: sealed,
      isDefault: true,
      revision: 1,
    })
  createAudit(em, workspace, {
    actor,
    action: 'channel.put',
    subject: channel,
    before,
    after: { kind, settings },
  })
  await em.flush()
}

/** One connection by its row, for the process that sends. */
export async function loadTransport(tx: Tx, id: number, key: Key): Promise<StoredTransport> {
  const [row] = await tx.rows<Row>(
    'select id, revision, channel, kind, settings, secrets from transport where id = $1',
    [id],
  )
  if (!row) throw missing('transport')
  return open(row, key)
}

function open(row: Row, { workspace, secret }: Key): StoredTransport {
  const channel = z.enum(CHANNELS).parse(row.channel)
  const { id, revision, kind, settings } = row
  const text = row.secrets ? unseal(secret, placeOf(workspace, channel), Buffer.from(row.secrets)) : '{}'
  const secrets = secretsSchema.parse(JSON.parse(text ?? '{}'))
  return { id, revision, channel, kind, settings, secrets, locked: text === undefined }
}

const placeOf = (workspace: number, channel: Channel) => ({ workspace, purpose: `transport ${channel}` })
