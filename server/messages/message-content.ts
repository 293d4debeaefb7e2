import { contentOf, linkOf, type SentMessage } from '../../activities/render/content-of.ts'
import { RenderFault } from '../../activities/render/render-fault.ts'
import { varsSchema } from '../../activities/render/vars.ts'
import type { RenderedContent } from '../../activities/channels/transport.ts'
import type { MessageRow } from '../../db/messages.ts'
import type { Tx } from '../../db/pool.ts'
import { templateBodies } from '../../db/template-bodies.ts'
import type { TrackingFor } from './tracking-for.ts'

/** The contents of these messages as they were sent, by id. Absent: what was never rendered, and what was erased. */
export async function contentsOf(
  tx: Tx,
  rows: MessageRow[],
  trackingFor: TrackingFor,
): Promise<Map<number, RenderedContent>> {
  const bodies = await templateBodies(tx, [...new Set(rows.map((row) => row.template_version_id))])
  const contents = rows.flatMap((row): [number, RenderedContent][] => {
    const sent = sentMessage(row, bodies.get(row.template_version_id))
    const content = sent && unlessFaulty(() => contentOf({ ...sent, tracking: trackingFor(row) }))
    return content ? [[row.id, content]] : []
  })
  return new Map(contents)
}

/** Where the message's nth link leads: http or https, and nowhere else. */
export async function targetOf(
  tx: Tx,
  row: MessageRow,
  of: { link: number; trackingFor: TrackingFor },
): Promise<string | undefined> {
  const bodies = await templateBodies(tx, [row.template_version_id])
  const sent = sentMessage(row, bodies.get(row.template_version_id))
  const target = sent && unlessFaulty(() => linkOf({ ...sent, tracking: of.trackingFor(row) }, of.link))
  return target && /^https?:$/.test(URL.parse(target)?.protocol ?? '') ? target : undefined
}

function sentMessage(
  row: MessageRow,
  body: SentMessage['body'] | undefined,
): Omit<SentMessage, 'tracking'> | undefined {
  const { channel, locale, marketing } = row
  const vars = varsSchema.safeParse(row.vars)
  if (!body || !vars.success) return undefined
  return { body, templateVersionId: row.template_version_id, channel, locale, vars: vars.data, marketing }
}

/** A message that could not be rendered then cannot be now. */
function unlessFaulty<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch (error) {
    if (error instanceof RenderFault) return undefined
    throw error
  }
}
