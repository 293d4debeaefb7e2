import { z } from 'zod'
import { createKey, listKeys, revokeKey } from '../../db/api-keys.ts'
import type { KeyRow } from '../../db/api-keys.ts'
import { recordAudit } from '../../db/audit.ts'
import { encodeId } from '../../db/ids.ts'
import { edgeId } from '../http/edge-id.ts'
import { listOf, pageOf, pagingQuery } from '../http/paging.ts'
import { allows, scopeSchema } from '../http/permission.ts'
import type { Principal } from '../http/principal.ts'
import { Problem } from '../http/problem.ts'
import { route } from '../http/route.ts'

const keyView = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    prefix: z.string(),
    scopes: z.array(z.string()),
    createdAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime().nullable(),
    revokedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'ApiKey' })

export const keyRoutes = [
  route({
    method: 'get',
    path: '/v1/keys',
    summary: 'List API keys',
    permission: 'keys:read',
    query: z.strictObject(pagingQuery(z.int32().positive())),
    responses: { 200: listOf(keyView) },
    async handle({ query: { cursor, limit } }, { db, workspace }) {
      const page = { limit: limit + 1, ...(cursor && { before: cursor }) }
      const rows = await db.inWorkspace(workspace, (tx) => listKeys(tx, page))
      const { items, next } = pageOf(rows, limit, (row) => row.id)
      return { status: 200, body: { items: items.map(presentKey), next } }
    },
  }),
  route({
    method: 'post',
    path: '/v1/keys',
    summary: 'Create an API key; its text is in this answer alone',
    permission: 'keys:write',
    body: z.strictObject({
      name: z.string().trim().min(1).max(100),
      scopes: z.array(scopeSchema).min(1).max(50),
    }),
    responses: { 201: keyView.extend({ key: z.string() }).meta({ id: 'NewApiKey' }) },
    async handle({ body }, { db, workspace, principal }) {
      const lacking = body.scopes.filter((scope) => !allows(principal.scopes, scope))
      if (lacking.length > 0) throw beyond(lacking)
      const { key, row } = await db.inWorkspace(workspace, async (tx) => {
        const made = await createKey(tx, workspace, body)
        await recordAudit(tx, { ...act('key.create', made.row, principal), after: body })
        return made
      })
      return { status: 201, body: { ...presentKey(row), key } }
    },
  }),
  route({
    method: 'delete',
    path: '/v1/keys/:id',
    summary: 'Revoke an API key; it stops working within a second',
    permission: 'keys:write',
    params: z.strictObject({ id: edgeId('key') }),
    responses: { 200: keyView },
    async handle({ params: { id } }, { db, workspace, principal }) {
      const row = await db.inWorkspace(workspace, async (tx) => {
        const revoked = await revokeKey(tx, id)
        await recordAudit(tx, act('key.revoke', revoked, principal))
        return revoked
      })
      return { status: 200, body: presentKey(row) }
    },
  }),
]

function act(action: string, row: KeyRow, principal: Principal) {
  return { actor: principal.name, action, subject: encodeId('key', row.id) }
}

function presentKey(row: KeyRow): z.input<typeof keyView> {
  return {
    id: encodeId('key', row.id),
    name: row.name,
    prefix: row.prefix,
    scopes: row.scopes,
    createdAt: row.created_at.toISOString(),
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
    revokedAt: row.revoked_at?.toISOString() ?? null,
  }
}

function beyond(scopes: string[]): Problem {
  const detail = `A key can only give scopes it holds; yours lacks ${scopes.join(', ')}.`
  return new Problem({ status: 403, code: 'scope-not-held', detail })
}
