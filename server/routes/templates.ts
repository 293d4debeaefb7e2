import { z } from 'zod'
import { analyse } from '../../activities/render/analyse.ts'
import { preview } from '../../activities/render/preview.ts'
import { invalid } from '../../db/fault.ts'
import { inWorkspace } from '../../db/orm.ts'
import { listTemplates, readTemplate, saveTemplate } from '../../db/templates.ts'
import type { NewestTemplate } from '../../db/templates.ts'
import { CHANNELS } from '../../flow/channels/channel.ts'
import { CHANNEL_SPECS } from '../../flow/channels/registry.ts'
import { keySchema } from '../../flow/key.ts'
import { localeSchema, templateSchema } from '../../flow/template.ts'
import { listOf, pageOf, pagingQuery } from '../http/paging.ts'
import { route } from '../http/route.ts'
import { previewScene } from '../preview-scene.ts'

const problemView = z.strictObject({
  path: z.string(),
  code: z.string(),
  message: z.string(),
  severity: z.enum(['error', 'warning']),
  line: z.int().nullable(),
  column: z.int().nullable(),
})

const templateItem = z
  .strictObject({
    key: z.string(),
    version: z.int(),
    name: z.string(),
    active: z.boolean(),
    channels: z.array(z.enum(CHANNELS)),
    defaultLocale: z.string(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'TemplateItem' })

const templateView = z
  .strictObject({ ...templateSchema.shape, ...templateItem.shape })
  .meta({ id: 'Template' })

const asked = <C extends (typeof CHANNELS)[number]>(channel: C) =>
  z.strictObject({
    channel: z.literal(channel),
    locale: localeSchema.optional(),
    member: z.string().min(1).max(200).optional().meta({ description: 'External id of the reader.' }),
    data: z
      .record(z.string(), z.json())
      .optional()
      .meta({ description: 'Stands for the entry event’s data.' }),
    content: CHANNEL_SPECS[channel].content.optional(),
  })

const previewBody = z
  .discriminatedUnion('channel', [
    asked('email'),
    asked('sms'),
    asked('whatsapp'),
    asked('telegram'),
    asked('push'),
    asked('voice'),
  ])
  .meta({ id: 'PreviewRequest' })

const previewView = z
  .strictObject({
    locale: z.string().optional(),
    subject: z.string().optional(),
    html: z.string().optional(),
    text: z.string().optional(),
    title: z.string().optional(),
    body: z.string().optional(),
    url: z.string().optional(),
    template: z.string().optional(),
    language: z.string().optional(),
    params: z.array(z.string()).optional(),
    say: z.string().optional(),
    segments: z.int().optional(),
    problems: z.array(problemView),
  })
  .meta({ id: 'Preview' })

const params = z.strictObject({ key: keySchema })

export const templateRoutes = [
  route({
    method: 'get',
    path: '/v1/templates',
    summary: 'List templates',
    permission: 'templates:read',
    query: z.strictObject(pagingQuery(z.int32().positive())),
    responses: { 200: listOf(templateItem) },
    async handle({ query: { cursor, limit } }, { orm, workspace }) {
      const page = { limit: limit + 1, ...(cursor && { before: cursor }) }
      const found = await inWorkspace(orm, workspace, (em) => listTemplates(em, page))
      const { items, next } = pageOf(found, limit, ({ head }) => head.id)
      return { status: 200, body: { items: items.map(presentItem), next } }
    },
  }),
  route({
    method: 'get',
    path: '/v1/templates/:key',
    summary: 'Read the newest version of a template',
    permission: 'templates:read',
    params,
    responses: { 200: templateView },
    async handle({ params: { key } }, { orm, workspace }) {
      const found = await inWorkspace(orm, workspace, (em) => readTemplate(em, key))
      return { status: 200, body: { ...found.body, ...presentItem(found) } }
    },
  }),
  route({
    method: 'put',
    path: '/v1/templates/:key',
    summary: 'Store a new version of a template',
    permission: 'templates:write',
    params,
    body: templateSchema.meta({ id: 'TemplateDocument' }),
    responses: { 200: z.strictObject({ key: z.string(), version: z.int(), problems: z.array(problemView) }) },
    async handle({ params: { key }, body }, { orm, workspace }) {
      const { facts, problems } = analyse(body)
      const errors = problems.filter((problem) => problem.severity === 'error')
      if (errors.length > 0) throw invalid(errors.map(positioned))
      const version = await inWorkspace(orm, workspace, (em) =>
        saveTemplate(em, workspace, { key, body, facts }),
      )
      return { status: 200, body: { key, version, problems } }
    },
  }),
  route({
    method: 'post',
    path: '/v1/templates/:key/preview',
    summary: 'How a content reads for a member or with given data; sends and stores nothing',
    permission: 'templates:read',
    params,
    body: previewBody,
    responses: { 200: previewView },
    async handle({ params: { key }, body: { channel, content, ...reader } }, context) {
      const { body } = await inWorkspace(context.orm, context.workspace, (em) => readTemplate(em, key))
      const scene = await previewScene(reader, context)
      return { status: 200, body: preview({ ...scene, body, channel, content }) }
    },
  }),
]

function presentItem({ head, body }: NewestTemplate): z.input<typeof templateItem> {
  return {
    key: head.key,
    version: head.version,
    name: head.name,
    active: head.active,
    channels: CHANNELS.filter((channel) => body.content[channel]),
    defaultLocale: body.defaultLocale,
    createdAt: head.createdAt.toISOString(),
    updatedAt: head.updatedAt.toISOString(),
  }
}

function positioned({ path, code, message, line, column }: z.input<typeof problemView>) {
  return { path, code, message, ...(line !== null && column !== null && { line, column }) }
}
