import { z } from 'zod'
import { listRejects } from '../../db/import-rejects.ts'
import { listImports, readImport } from '../../db/imports.ts'
import { readList } from '../../db/lists.ts'
import { keySchema } from '../../flow/key.ts'
import { edgeId } from '../http/edge-id.ts'
import { listOf, pageOf, pagingQuery } from '../http/paging.ts'
import { allows } from '../http/permission.ts'
import { route } from '../http/route.ts'
import { answerImport } from '../imports/answer.ts'
import {
  importAnswer,
  importLine,
  importView,
  presentImport,
  presentReject,
  rejectView,
} from '../imports/import-view.ts'
import { consentRows } from '../imports/kinds/consents.ts'
import { eventRows } from '../imports/kinds/events.ts'
import { listRows } from '../imports/kinds/list.ts'
import { memberRows } from '../imports/kinds/members.ts'
import { IMPORT_TYPES } from '../imports/reading.ts'

const query = {
  file: z.string().max(200).optional().describe('The name of the file, to be shown.'),
  map: z
    .string()
    .max(10_000)
    .optional()
    .describe(
      'What columns of a CSV file are: `Mail:email,Points:attributes.points:number`; `#3` is the third; `Note:` is left out.',
    ),
}
const empty = z
  .enum(['keep', 'clear'])
  .optional()
  .describe('What an empty cell says: nothing, as it is by default, or that the field is to be cleared.')
const responses = { 200: { json: importAnswer, lines: importLine } }
const id = z.strictObject({ id: edgeId('import') })

export const importRoutes = [
  route({
    method: 'post',
    path: '/v1/members/import',
    summary: 'Store members from a file of any length, row by row',
    permission: 'members:write',
    query: z.strictObject({ ...query, empty }),
    streams: IMPORT_TYPES,
    responses,
    async handle({ query: { file = null, ...reading }, stream, key = null, headers }, context) {
      const of = { kind: 'members' as const, list: null, key, file, author: context.principal.name }
      const kind = memberRows(context.desk)
      return answerImport(context, { of, stream, reading, kind, accept: headers.accept })
    },
  }),
  route({
    method: 'post',
    path: '/v1/events/import',
    summary: 'Store events from a file of any length, row by row; known ids are counted as duplicates',
    permission: 'events:write',
    query: z.strictObject({
      ...query,
      history: z
        .stringbool()
        .optional()
        .describe('What happened long ago is remembered and counted, and starts, wakes and ends nothing.'),
    }),
    streams: IMPORT_TYPES,
    responses,
    async handle({ query: { file = null, ...reading }, stream, key = null, headers }, context) {
      const { workspace, desk, now, principal } = context
      const of = { kind: 'events' as const, list: null, key, file, author: principal.name }
      const kind = eventRows({ workspace, memory: desk.memory, now, history: reading.history ?? false })
      return answerImport(context, { of, stream, reading, kind, accept: headers.accept })
    },
  }),
  route({
    method: 'post',
    path: '/v1/lists/:key/import',
    summary:
      'Put members on a list from a file of any length; a row that says more than an id stores the member',
    permission: 'audiences:write',
    params: z.strictObject({ key: keySchema }),
    query: z.strictObject({ ...query, empty }),
    streams: IMPORT_TYPES,
    responses,
    async handle({ params, query: { file = null, ...reading }, stream, key = null, headers }, context) {
      const { db, workspace, desk, principal } = context
      const { id: list } = await db.inWorkspace(workspace, (tx) => readList(tx, params.key))
      const of = { kind: 'list' as const, list: params.key, key, file, author: principal.name }
      const kind = listRows({ list, desk, mayWrite: allows(principal.scopes, 'members:write') })
      return answerImport(context, { of, stream, reading, kind, accept: headers.accept })
    },
  }),
  route({
    method: 'post',
    path: '/v1/consents/import',
    summary: 'Store consents of known members, with what shows them, from a file of any length',
    permission: 'members:write',
    query: z.strictObject(query),
    streams: IMPORT_TYPES,
    responses,
    async handle({ query: { file = null, ...reading }, stream, key = null, headers }, context) {
      const of = { kind: 'consents' as const, list: null, key, file, author: context.principal.name }
      const kind = consentRows(context.desk)
      return answerImport(context, { of, stream, reading, kind, accept: headers.accept })
    },
  }),
  route({
    method: 'get',
    path: '/v1/imports',
    summary: 'Imports, newest first',
    permission: 'members:read',
    query: z.strictObject(pagingQuery(z.int().positive())),
    responses: { 200: listOf(importView) },
    async handle({ query: { cursor: before, limit } }, { db, workspace }) {
      const rows = await db.inWorkspace(workspace, (tx) => listImports(tx, { before, limit: limit + 1 }))
      const { items, next } = pageOf(rows, limit, (row) => row.id)
      return { status: 200, body: { items: items.map(presentImport), next } }
    },
  }),
  route({
    method: 'get',
    path: '/v1/imports/:id',
    summary: 'How far an import has come',
    permission: 'members:read',
    params: id,
    responses: { 200: importView },
    async handle({ params }, { db, workspace }) {
      const row = await db.inWorkspace(workspace, (tx) => readImport(tx, params.id))
      return { status: 200, body: presentImport(row) }
    },
  }),
  route({
    method: 'get',
    path: '/v1/imports/:id/rejected',
    summary: 'Rows that an import did not take, and why, in the order of the file',
    permission: 'members:read',
    params: id,
    query: z.strictObject(pagingQuery(z.int32().positive())),
    responses: { 200: listOf(rejectView) },
    async handle({ params, query: { cursor: after, limit } }, { db, workspace }) {
      const body = await db.inWorkspace(workspace, async (tx) => {
        const { id: of } = await readImport(tx, params.id)
        const rows = await listRejects(tx, { of, after, limit: limit + 1 })
        const { items, next } = pageOf(rows, limit, (row) => row.line)
        return { items: items.map(presentReject), next }
      })
      return { status: 200, body }
    },
  }),
]
