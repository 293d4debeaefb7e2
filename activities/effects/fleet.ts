import { digestWith } from '../../db/digest.ts'
import { Fault } from '../../db/fault.ts'
import { decodeId } from '../../db/ids.ts'
import type { Memory } from '../../db/memory.ts'
import type { Db } from '../../db/pool.ts'
import { takeReceipts } from '../../db/receipts.ts'
import { loadTransport } from '../../db/transports.ts'
import { transportPool } from '../channels/pool.ts'
import type { ReportedReceipt } from '../channels/transport-kind.ts'
import type { Transport } from '../channels/transport.ts'
import type { MessageJob } from '../job.ts'

export interface FleetDeps {
  db: Db
  memory: Memory
  publicUrl: string
  secret: string
  onFault(what: string, error: unknown): void
}

/** The open transports of this process. */
export interface Fleet {
  /** null when it cannot be opened as it is set up; rejects when its row cannot be read. */
  take(workspace: number, job: MessageJob): Promise<Transport | null>
  close(): Promise<void>
}

export function openFleet({ db, memory, publicUrl, secret, onFault }: FleetDeps): Fleet {
  const workspaces = new Map<number, number>()
  const desk = { memory, digest: digestWith(secret) }

  const report = (transport: number, receipt: ReportedReceipt): void => {
    const workspace = workspaces.get(transport) ?? 0
    const { key, kind, at, providerId } = receipt
    const told = {
      key,
      kind,
      at,
      providerId,
      transport,
      message: decodeId('message', receipt.message) ?? null,
      data: null,
    }
    takeReceipts(db, { ...desk, workspace }, [told]).catch((error: unknown) =>
      onFault('a receipt of a simulator', error),
    )
  }
  const transports = transportPool(({ id }) => ({ publicUrl, report: (receipt) => report(id, receipt) }))

  return {
    async take(workspace, { message: { transport: id }, scene }) {
      workspaces.set(id, workspace)
      const revision = Object.values(scene.workspace.transports).find((one) => one.id === id)?.revision ?? 0
      let outage: unknown
      const load = () => db.inWorkspace(workspace, (tx) => loadTransport(tx, id, { workspace, secret }))
      try {
        return await transports.take({ id, revision }, () =>
          load().catch((error: unknown) => Promise.reject((outage = error))),
        )
      } catch (error) {
        if (outage === error && !(error instanceof Fault)) throw error
        onFault('opening a transport', error)
        return null
      }
    },
    close: () => transports.close(),
  }
}
