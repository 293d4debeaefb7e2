import type { Db } from '../../db/pool.ts'
import { templateBodies } from '../../db/template-bodies.ts'
import { buildScope } from '../../flow/scope.ts'
import type { TemplateDocument } from '../../flow/template.ts'
import type { PiecedContent, RenderedContent } from '../channels/transport.ts'
import type { MessageJob } from '../job.ts'
import { RenderFault } from '../render/render-fault.ts'
import { render } from '../render/render.ts'
import type { trackingOf } from '../render/tracking.ts'
import type { Vars } from '../render/vars.ts'

/** What a message says, or what kept it from being made. */
export type Content =
  | {
      fault: null
      content: RenderedContent
      pieces: PiecedContent
      vars: Vars
      subject: string | null
      unsubscribe: string | null
    }
  | { fault: string; vars: null; subject: null }

export type Bookcase = (workspace: number, versions: number[]) => Promise<Map<number, TemplateDocument>>

const BODIES_AT_MOST = 500

/** Template versions, each read once: they never change. */
export function openBookcase(db: Db): Bookcase {
  const bodies = new Map<number, TemplateDocument>()
  return async (workspace, versions) => {
    if (bodies.size > BODIES_AT_MOST) bodies.clear()
    const wanted = [...new Set(versions)].filter((id) => !bodies.has(id))
    if (wanted.length > 0) {
      for (const [id, body] of await db.inWorkspace(workspace, (tx) => templateBodies(tx, wanted)))
        bodies.set(id, body)
    }
    return bodies
  }
}

export interface Making {
  body: TemplateDocument | undefined
  tracking: ReturnType<typeof trackingOf>
}

/** The content of one message for one member. A template that does not fit this member is told, not thrown. */
export function contentFor({ message, scene }: MessageJob, { body, tracking }: Making): Content {
  const { channel, locale, template_version: templateVersionId } = message
  const { member, plan, workspace } = scene
  const marketing = plan.settings.purpose === 'marketing'
  try {
    const { content, pieces, vars } = render({
      channel,
      locale,
      templateVersionId,
      content: body?.content[channel]?.[locale],
      scope: buildScope(scene),
      now: scene.now,
      timeZone: member.timeZone ?? plan.settings.timeZone ?? workspace.timeZone,
      tracking,
      marketing,
    })
    const unsubscribe = marketing ? tracking.links.unsubscribe : null
    const subject = content.subject ?? content.title ?? null
    return { fault: null, content, pieces, vars, unsubscribe, subject }
  } catch (error) {
    // A fault of Liquid names the template's own text; any other may quote values, so it is told by its kind alone.
    const fault = error instanceof RenderFault ? error.message : 'it could not be worked out'
    return { fault, vars: null, subject: null }
  }
}
