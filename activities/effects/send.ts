import { digestWith } from '../../db/digest.ts'
import { decodeId, encodeId } from '../../db/ids.ts'
import type { Memory } from '../../db/memory.ts'
import type { Db } from '../../db/pool.ts'
import { takeReceipts } from '../../db/receipts.ts'
import { templateBodies } from '../../db/template-bodies.ts'
import { loadTransport } from '../../db/transports.ts'
import type { Channel } from '../../flow/channels/channel.ts'
import { buildScope } from '../../flow/scope.ts'
import type { TemplateDocument } from '../../flow/template.ts'
import { transportPool } from '../channels/pool.ts'
import type { ReportedReceipt } from '../channels/transport-kind.ts'
import type { Outcome, RenderedContent, Transport } from '../channels/transport.ts'
import type { Job } from '../decide.ts'
import { RenderFault } from '../render/render-fault.ts'
import { render } from '../render/render.ts'
import { tokenKeys } from '../render/token-keys.ts'
import { trackingOf } from '../render/tracking.ts'
import type { Vars } from '../render/vars.ts'

/** A message with its content, or with what kept its content from being made. */
export type Prepared = { job: Job; transport: Transport } & (
  | { fault: null; content: RenderedContent; vars: Vars; subject: string | null; unsubscribe: string | null }
  | { fault: string; vars: null; subject: null }
)

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
  const bodies = new Map<number, TemplateDocument>()
  const workspaces = new Map<number, number>()
  const desk = { memory, digest: digestWith(secret) }

  const report = (transport: number, receipt: ReportedReceipt): void => {
    const workspace = workspaces.get(transport) ?? 0
    const { key, kind, at, providerId } = receipt
    const told = { key, kind, at, providerId, transport, message: decodeId('message', receipt.message) ?? null, data: null }
    takeReceipts(db, { ...desk, workspace }, [told]).catch((error: unknown) => onFault('a receipt of a simulator', error))
  }
  const transports = transportPool(({ id }) => ({ publicUrl, report: (receipt) => report(id, receipt) }))

  async function readBodies(workspace: number, jobs: Job[]): Promise<void> {
    const wanted = [...new Set(jobs.map(({ message }) => message.template_version))].filter((id) => !bodies.has(id))
    if (wanted.length === 0) return
    if (bodies.size > BODIES_AT_MOST) bodies.clear()
    for (const [id, body] of await db.inWorkspace(workspace, (tx) => templateBodies(tx, wanted))) bodies.set(id, body)
  }

  async function transportFor(workspace: number, { message, scene }: Job): Promise<Transport> {
    const { transport: id } = message
    workspaces.set(id, workspace)
    const revision = Object.values(scene.workspace.transports).find((one) => one.id === id)?.revision ?? 0
    return transports.take({ id, revision }, () =>
      db.inWorkspace(workspace, (tx) => loadTransport(tx, id, { workspace, secret })),
    )
  }

  return {
    async prepare(workspace, jobs) {
      await readBodies(workspace, jobs)
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
      if (prepared.fault !== null) return { outcome: 'not-sent', response: prepared.fault }
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

const BODIES_AT_MOST = 500

type Tracking = ReturnType<typeof trackingOf>

function contentFor({ message, scene }: Job, at: { body: TemplateDocument | undefined; tracking: Tracking }) {
  const channel = message.channel as Channel // written by the router
  const { locale, template_version: templateVersionId } = message
  const { member, plan, workspace } = scene
  const marketing = plan.settings.purpose === 'marketing'
  try {
    const { content, vars } = render({
      channel,
      locale,
      templateVersionId,
      content: at.body?.content[channel]?.[locale],
      scope: buildScope(scene),
      now: scene.now,
      timeZone: member.timeZone ?? plan.settings.timeZone ?? workspace.timeZone,
      tracking: at.tracking,
      marketing,
    })
    const unsubscribe = marketing ? at.tracking.links.unsubscribe : null
    return { fault: null, content, vars, unsubscribe, subject: content.subject ?? content.title ?? null }
  } catch (error) {
    // A fault of Liquid names the template's own text; any other may quote values, so it is told by its kind alone.
    const fault = error instanceof RenderFault ? error.message : 'it could not be worked out'
    return { fault, vars: null, subject: null }
  }
}
