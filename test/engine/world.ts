import { digestWith } from '../../db/digest.ts'
import { ingest } from '../../db/events.ts'
import type { FlowRow } from '../../db/flows.ts'
import { createFlow, holdFlow } from '../../db/flows.ts'
import { memberChange } from '../../db/member-change.ts'
import { upsertMembers } from '../../db/members.ts'
import type { Db, Tx } from '../../db/pool.ts'
import { publishVersion } from '../../db/publish.ts'
import { recordReceipts } from '../../db/receipts.ts'
import { readSettingsRevision, replaceSettings } from '../../db/settings.ts'
import { CHANNELS } from '../../flow/channels/channel.ts'
import { compile } from '../../flow/compile.ts'
import type { FlowDocument } from '../../flow/document.ts'
import { durationMs } from '../../flow/duration.ts'
import type { ReceiptKind } from '../../flow/receipt.ts'
import type { Settings } from '../../flow/settings.ts'
import { freshDatabase } from '../support/fresh-database.ts'
import { openEngine, SECRET } from './open-engine.ts'
import { storeTemplate } from './templates.ts'

interface Posted {
  type: string
  member: string
  data?: Record<string, unknown>
  id?: string
}

/**
 * A workspace with a simulator on every channel, a template for each, and the engine that carries its members. All it
 * does goes through `through`, for whoever wants to listen; `first` meets the database before anybody else.
 */
export async function openWorld({ through = (db: Db) => db, first = async (_url: string) => {} } = {}) {
  const { db: own, url, workspace, close } = await freshDatabase()
  await first(url)
  const db = through(own)
  const { engine, ...carrier } = await openEngine(db, workspace)
  const desk = { digest: digestWith(SECRET), memory: engine.memory }
  const within = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => db.inWorkspace(workspace, work)
  let posts = 0

  const world = {
    db,
    url,
    workspace,
    desk,
    engine,
    within,
    rows: <R>(sql: string, params: unknown[] = []) => within((tx) => tx.rows<R>(sql, params)),
    carry: carrier.carryAll,
    /** Lets an ISO-8601 duration pass, then carries whoever is due. */
    async later(duration: string): Promise<void> {
      await carrier.letTimePass(durationMs(duration) ?? 0)
      await carrier.carryAll()
    },
    settings: (changes: Partial<Settings>) =>
      within(async (tx) => {
        const { revision } = await readSettingsRevision(tx)
        return replaceSettings(tx, { changes, revision, actor: 'test' })
      }),
    template: (key: string, change?: object) => within((tx) => storeTemplate(tx, key, change)),
    put: (...members: object[]) =>
      within((tx) =>
        upsertMembers(
          tx,
          desk,
          members.map((one) => memberChange.parse(one)),
        ),
      ),
    /** Publishes a new flow, or a new version of one; answers the flow's id. */
    publish: (document: FlowDocument, flow?: number) =>
      within(async (tx) => {
        const found: FlowRow = flow
          ? await holdFlow(tx, flow)
          : await createFlow(tx, { name: document.name, draft: document })
        await publishVersion(tx, {
          flow: found,
          document,
          plan: compile(document),
          note: null,
          author: 'test',
        })
        return found.id
      }),
    /** Ingests one event without carrying anybody; its id is new unless it is given. */
    post: (type: string, member: string, of: Omit<Posted, 'type' | 'member'> = {}) =>
      world.postAll([{ type, member, ...of }]),
    postAll: (events: Posted[]) =>
      within((tx) => {
        const posted = events.map(({ data = {}, id = `event-${++posts}`, ...event }) => ({
          id,
          at: new Date(),
          data,
          ...event,
        }))
        return ingest(tx, desk.memory, { workspace, posted })
      }),
    /** The provider's report about a message. */
    report: (message: number, kind: ReceiptKind, data: { hard?: boolean; text?: string } = {}) =>
      within((tx) => {
        const key = `${message} ${kind}`
        const receipt = { key, message, transport: null, providerId: null, kind, at: new Date(), data }
        return recordReceipts(tx, desk, [receipt])
      }),
    async close(): Promise<void> {
      await carrier.close()
      await close()
    },
  }

  for (const channel of CHANNELS) {
    const connect = `insert into transport (workspace, channel, kind) values ($1, $2, 'simulator')`
    await world.rows(connect, [workspace, channel])
  }
  await world.template('news')
  return world
}

export type World = Awaited<ReturnType<typeof openWorld>>
