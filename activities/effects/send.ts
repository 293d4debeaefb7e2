import { encodeId } from '../../db/ids.ts'
import type { Outcome, Transport } from '../channels/transport.ts'
import type { MessageJob } from '../job.ts'
import { tokenKeys } from '../render/token-keys.ts'
import { trackingOf } from '../render/tracking.ts'
import { contentFor, openBookcase, type Content } from './content.ts'
import { openFleet, type FleetDeps } from './fleet.ts'

/** A message with its content, or with what kept its content from being made. */
export type Prepared = {
  job: MessageJob
  /** null: it cannot be opened as it is set up. */
  transport: Transport | null
} & Content

/** Makes contents and hands them to providers. */
export interface Courier {
  /** Rejects when templates or transports could not be read: nothing was handed over. */
  prepare(workspace: number, jobs: MessageJob[]): Promise<Prepared[]>
  /** Hand-overs a second that the transport of this job may make; null when nobody limits them. Rejects when its row cannot be read. */
  rateOf(workspace: number, job: MessageJob): Promise<number | null>
  /** Never rejects; what it cannot tell is `unknown`. */
  send(prepared: Prepared): Promise<Outcome>
  close(): Promise<void>
}

export function openCourier(deps: FleetDeps): Courier {
  const { db, publicUrl, secret } = deps
  const keys = tokenKeys(secret)
  const bookcase = openBookcase(db)
  const fleet = openFleet(deps)
  return {
    async prepare(workspace, jobs) {
      const bodies = await bookcase(
        workspace,
        jobs.map(({ message }) => message.template_version),
      )
      return Promise.all(
        jobs.map(async (job) => {
          const { member, id: message, template_version } = job.message
          const tracking = trackingOf({ publicUrl, keys, workspace, member, message })
          const content = contentFor(job, { body: bodies.get(template_version), tracking })
          return { job, transport: await fleet.take(workspace, job), ...content }
        }),
      )
    },
    async rateOf(workspace, job) {
      return (await fleet.take(workspace, job))?.perSecond ?? null
    },
    async send(prepared) {
      const { job, transport } = prepared
      if (prepared.fault !== null || !transport)
        return { outcome: 'not-sent', response: 'It had no content.' }
      const { id, to, channel } = job.message
      const { content, pieces, unsubscribe } = prepared
      return transport.send({
        id: encodeId('message', id),
        channel,
        to,
        toName: null,
        content,
        pieces,
        unsubscribe: unsubscribe === null ? null : { url: unsubscribe },
      })
    },
    close: () => fleet.close(),
  }
}
