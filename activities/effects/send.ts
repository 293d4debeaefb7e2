import { digestWith } from '../../db/digest.ts'
import { Fault } from '../../db/fault.ts'
import { decodeId, encodeId } from '../../db/ids.ts'
import type { Memory } from '../../db/memory.ts'
import type { Db } from '../../db/pool.ts'
import { takeReceipts } from '../../db/receipts.ts'
import { loadTransport } from '../../db/transports.ts'
import type { Channel } from '../../flow/channels/channel.ts'
import { transportPool } from '../channels/pool.ts'
import type { ReportedReceipt } from '../channels/transport-kind.ts'
import type { Outcome, Transport } from '../channels/transport.ts'
import type { Job } from '../decide.ts'
import { tokenKeys } from '../render/token-keys.ts'
import { trackingOf } from '../render/tracking.ts'
import { contentFor, openBookcase, type Content } from './content.ts'

/** A message with its content, or with what kept its content from being made. */
export type Prepared = {
  job: Job
  /** null: it cannot be opened as it is set up. */
  transport: Transport | null
} & Content

/** Makes contents and hands them to providers. */
export interface Courier {
  /** Rejects when templates or transports could not be read: nothing was handed over. */
  prepare(workspace: number, jobs: Job[]): Promise<Prepared[]>
  /** Never rejects; what it cannot tell is `unknown`. */
  send(prepared: Prepared): Promise<Outcome>
  close(): Promise<void>
}

export interface CourierDeps {
  db: Db
  memory: Memory
  publicUrl: string
  secret: string
  onFault(what: string, error: unknown): void
}

export function openCourier({ db, memory, publicUrl, secret, onFault }: CourierDeps): Courier {
  const keys = tokenKeys(secret)
  const bookcase = openBookcase(db)
  const workspaces = new Map<number, number>()
  const desk = { memory, digest: digestWith(secret) }

  const report = (transport: number, receipt: ReportedReceipt): void => {
    const workspace = workspaces.get(transport) ?? 0
    const { key, kind, at, providerId } = receipt
    const told = { key, kind, at, providerId, transport, message: decodeId('message', receipt.message) ?? null, data: null }
    takeReceipts(db, { ...desk, workspace }, [told]).catch((error: unknown) => onFault('a receipt of a simulator', error))
  }
  const transports = transportPool(({ id }) => ({ publicUrl, report: (receipt) => report(id, receipt) }))

  async function transportFor(workspace: number, { message, scene }: Job): Promise<Transport | null> {
    const { transport: id } = message
    workspaces.set(id, workspace)
    const revision = Object.values(scene.workspace.transports).find((one) => one.id === id)?.revision ?? 0
    let outage: unknown
    const load = () => db.inWorkspace(workspace, (tx) => loadTransport(tx, id, { workspace, secret }))
    try {
      return await transports.take({ id, revision }, () => load().catch((error: unknown) => Promise.reject((outage = error))))
    } catch (error) {
      if (outage === error && !(error instanceof Fault)) throw error
      onFault('opening a transport', error)
      return null
    }
  }

  return {
    async prepare(workspace, jobs) {
      const bodies = await bookcase(workspace, jobs.map(({ message }) => message.template_version))
      return Promise.all(
        jobs.map(async (job) => {
          const transport = await transportFor(workspace, job)
          const { member, id: message } = job.message
          const tracking = trackingOf({ publicUrl, keys, workspace, member, message })
          return { job, transport, ...contentFor(job, { body: bodies.get(job.message.template_version), tracking }) }
        }),
      )
    },
    async send(prepared) {
      if (prepared.fault !== null || !prepared.transport) return { outcome: 'not-sent', response: 'It had no content.' }
      const { job, transport, content, unsubscribe } = prepared
      const { id, to, channel } = job.message
      return transport.send({
        id: encodeId('message', id),
        channel: channel as Channel, // written by the router
        to,
        toName: null,
        content,
        unsubscribe: unsubscribe === null ? null : { url: unsubscribe },
      })
    },
    close: () => transports.close(),
  }
}
