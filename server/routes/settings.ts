import { z } from 'zod'
import { readSettingsRevision, replaceSettings } from '../../db/settings.ts'
import { settingsSchema } from '../../flow/settings.ts'
import { route } from '../http/route.ts'

const settingsView = settingsSchema.extend({ revision: z.int() }).meta({ id: 'Settings' })

export const settingsRoutes = [
  route({
    method: 'get',
    path: '/v1/settings',
    summary: 'What the workspace decides for every flow',
    permission: 'settings:read',
    responses: { 200: settingsView },
    async handle(_input, { db, workspace }) {
      return answer(await db.inWorkspace(workspace, readSettingsRevision))
    },
  }),
  route({
    method: 'put',
    path: '/v1/settings',
    summary: 'Replace the named settings; the others stay',
    permission: 'settings:write',
    // What was read may be sent back as it is: its revision is taken from If-Match alone.
    body: settingsSchema.partial().extend({ revision: z.int().optional() }),
    responses: { 200: settingsView },
    ifMatch: true,
    async handle({ body, revision }, { db, workspace, principal }) {
      const act = { changes: { ...body, revision: undefined }, revision, actor: principal.name }
      return answer(await db.inWorkspace(workspace, (tx) => replaceSettings(tx, act)))
    },
  }),
]

function answer({ revision, settings }: Awaited<ReturnType<typeof readSettingsRevision>>) {
  return { status: 200 as const, body: { ...settings, revision }, headers: { etag: `"${revision}"` } }
}
