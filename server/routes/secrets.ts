import { z } from 'zod'
import { deleteSecret, listSecrets, putSecret, type StoredSecret } from '../../db/secrets.ts'
import { keySchema } from '../../flow/key.ts'
import { listOf, pageOf, pagingQuery } from '../http/paging.ts'
import { route } from '../http/route.ts'

const secretView = z
  .strictObject({
    name: z.string(),
    setAt: z.iso.datetime(),
    flows: z.array(z.string()).meta({ description: 'Running flows that sign with it.' }),
  })
  .meta({ id: 'Secret' })

/** 24 to 64 bytes in base64, as Standard Webhooks writes keys. */
const isKey = (text: string): boolean => {
  const bytes = Buffer.from(text, 'base64')
  return bytes.length >= 24 && bytes.length <= 64 && bytes.toString('base64') === text
}

const value = z
  .string()
  .min(1, 'Write the secret.')
  .max(4_000)
  .refine((text) => !text.startsWith('whsec_') || isKey(text.slice('whsec_'.length)), {
    error: 'After whsec_ come 24 to 64 bytes in base64.',
    params: { code: 'secret-key' },
  })
  .meta({
    description: 'whsec_ and base64, as Standard Webhooks writes keys; any other text is its own bytes.',
  })

const params = z.strictObject({ name: keySchema })

export const secretRoutes = [
  route({
    method: 'get',
    path: '/v1/secrets',
    summary: 'Names of stored secrets, by name; their values are never shown',
    permission: 'secrets:read',
    query: z.strictObject(pagingQuery(z.string())),
    responses: { 200: listOf(secretView) },
    async handle({ query: { cursor = '', limit } }, { db, workspace }) {
      const page = { after: cursor, limit: limit + 1 }
      const rows = await db.inWorkspace(workspace, (tx) => listSecrets(tx, page))
      const { items, next } = pageOf(rows, limit, (row) => row.name)
      return { status: 200, body: { items: items.map(presentSecret), next } }
    },
  }),
  route({
    method: 'put',
    path: '/v1/secrets/:name',
    summary: 'Store what webhooks sign with, or replace it; it is kept encrypted',
    permission: 'secrets:write',
    params,
    body: z.strictObject({ value }),
    responses: { 200: secretView },
    async handle({ params: { name }, body }, { db, workspace, secret, principal }) {
      const by = { workspace, secret, actor: principal.name }
      const stored = await db.inWorkspace(workspace, (tx) => putSecret(tx, { name, ...body }, by))
      return { status: 200, body: presentSecret(stored) }
    },
  }),
  route({
    method: 'delete',
    path: '/v1/secrets/:name',
    summary: 'Delete a secret that no running flow signs with',
    permission: 'secrets:write',
    params,
    responses: { 204: z.null() },
    async handle({ params: { name } }, { db, workspace, principal }) {
      await db.inWorkspace(workspace, (tx) => deleteSecret(tx, name, principal.name))
      return { status: 204, body: null }
    },
  }),
]

function presentSecret({ name, setAt, flows }: StoredSecret): z.input<typeof secretView> {
  return { name, setAt: setAt.toISOString(), flows }
}
