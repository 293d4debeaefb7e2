import { z } from 'zod'
import { addToList, removeFromList } from '../../db/list-members.ts'
import { listLists, readList, saveList, type ListRow } from '../../db/lists.ts'
import { keySchema } from '../../flow/key.ts'
import { listOf, pageOf, pagingQuery } from '../http/paging.ts'
import { route } from '../http/route.ts'

const listView = z
  .strictObject({
    key: z.string(),
    name: z.string(),
    count: z.int().meta({ description: 'Members on it now.' }),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'List' })

const params = z.strictObject({ key: keySchema })
const members = z
  .strictObject({ members: z.array(z.string().min(1).max(200)).min(1).max(1_000) })
  .meta({ id: 'ListMembers', description: 'External ids; an unknown one refuses them all.' })

export const listRoutes = [
  route({
    method: 'get',
    path: '/v1/lists',
    summary: 'Lists of members, newest first',
    permission: 'audiences:read',
    query: z.strictObject(pagingQuery(z.int32().positive())),
    responses: { 200: listOf(listView) },
    async handle({ query: { cursor, limit } }, { db, workspace }) {
      const page = { limit: limit + 1, before: cursor }
      const rows = await db.inWorkspace(workspace, (tx) => listLists(tx, page))
      const { items, next } = pageOf(rows, limit, (row) => row.id)
      return { status: 200, body: { items: items.map(present), next } }
    },
  }),
  route({
    method: 'get',
    path: '/v1/lists/:key',
    summary: 'One list',
    permission: 'audiences:read',
    params,
    responses: { 200: listView },
    async handle({ params: { key } }, { db, workspace }) {
      return { status: 200, body: present(await db.inWorkspace(workspace, (tx) => readList(tx, key))) }
    },
  }),
  route({
    method: 'put',
    path: '/v1/lists/:key',
    summary: 'Make a list, or give it another name',
    permission: 'audiences:write',
    params,
    body: z.strictObject({ name: z.string().trim().min(1).max(200) }),
    responses: { 200: listView },
    async handle({ params: { key }, body: { name } }, { db, workspace }) {
      const row = await db.inWorkspace(workspace, (tx) => saveList(tx, { key, name }))
      return { status: 200, body: present(row) }
    },
  }),
  route({
    method: 'put',
    path: '/v1/lists/:key/members',
    summary: 'Put up to 1,000 members on a list, all or none',
    permission: 'audiences:write',
    params,
    body: members,
    responses: { 200: listView },
    async handle({ params: { key }, body }, { db, desk, workspace }) {
      const row = await db.inWorkspace(workspace, (tx) => addToList(tx, desk.memory, { key, ...body }))
      return { status: 200, body: present(row) }
    },
  }),
  route({
    method: 'delete',
    path: '/v1/lists/:key/members',
    summary: 'Take up to 1,000 members off a list, all or none',
    permission: 'audiences:write',
    params,
    body: members,
    responses: { 200: listView },
    async handle({ params: { key }, body }, { db, desk, workspace }) {
      const row = await db.inWorkspace(workspace, (tx) => removeFromList(tx, desk.memory, { key, ...body }))
      return { status: 200, body: present(row) }
    },
  }),
]

function present({ key, name, count, createdAt }: ListRow): z.input<typeof listView> {
  return { key, name, count, createdAt: createdAt.toISOString() }
}
