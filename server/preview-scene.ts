import { readMember } from '../db/member-views.ts'
import { readSettings } from '../db/settings.ts'
import { buildScope } from '../flow/scope.ts'
import type { Context } from './http/context.ts'

interface Reader {
  locale?: string | undefined
  member?: string | undefined
  data?: Record<string, unknown> | undefined
}

const NOBODY = { externalId: '', email: null, phone: null, locale: null, timeZone: null, attributes: {} }

/** For whom, in which language and at what time a preview is made. */
export async function previewScene({ locale, member: externalId, data = {} }: Reader, context: Context) {
  const [member, settings] = await context.db.inWorkspace(
    context.workspace,
    async (tx) =>
      [externalId === undefined ? NOBODY : await readMember(tx, externalId), await readSettings(tx)] as const,
  )
  const now = context.now().getTime()
  const entry = { id: null, type: null, at: now, data }
  return {
    scope: buildScope({ member, enrollment: { entry, journey: {} } }),
    locale: locale ?? member.locale ?? settings.locale,
    timeZone: member.timeZone ?? settings.timeZone,
    now,
  }
}
