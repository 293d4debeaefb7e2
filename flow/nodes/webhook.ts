import { z } from 'zod'
import { durationMs } from '../duration.ts'
import { durationSchema } from '../duration-schema.ts'
import { error, type Fault } from '../fault.ts'
import { keySchema } from '../key.ts'
import { parsePath } from '../path.ts'
import type { FlowNode } from './schema.ts'
import type { SpecOf } from './node-spec.ts'
import { notRunning } from './not-running.ts'
import { common } from './parts.ts'

const LONGEST_MS = 60_000

const variable = z.string().refine((text) => {
  const path = parsePath(text)
  return path?.root === 'journey' && path.keys.length === 1 && path.keys.every((key) => !(key in {}))
}, 'Write journey.<name>.')

const header = z.string().regex(/^[\w!#$%&'*+.^`|~-]{1,100}$/, 'Write a header’s name.')

const requestSchema = z.strictObject({
  url: z.string().max(2_000),
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
  headers: z
    .record(
      header,
      z
        .string()
        .max(4_000)
        .regex(/^[^\r\n]*$/, 'Keep this on one line.'),
    )
    .optional(),
  body: z.string().max(100_000).optional(),
  secret: keySchema.optional(),
})

export const webhookSchema = z.strictObject({
  kind: z.literal('webhook'),
  ...common,
  request: requestSchema,
  timeout: durationSchema.optional(),
  store: z.record(variable, z.string().min(1).max(300)).optional(),
})

export const webhook: SpecOf<'webhook'> = {
  schema: webhookSchema,
  exits: () => ['next', 'failed'],
  check: checkWebhook,
  asks: () => [],
  compile: ({ label, request, timeout = 'PT10S', store = {} }, exit) => ({
    kind: 'webhook',
    label: label ?? null,
    request: {
      url: request.url,
      method: request.method,
      headers: request.headers ?? {},
      body: request.body ?? null,
      secret: request.secret ?? null,
      timeoutMs: durationMs(timeout) ?? 0,
      store: Object.entries(store).map(([name, path]) => ({ variable: name, path })),
    },
    exits: { next: exit('next'), failed: exit('failed') },
  }),
  runs: () => false,
  decide: () => notRunning('webhook'),
}

function checkWebhook({ request, timeout = 'PT10S' }: Extract<FlowNode, { kind: 'webhook' }>): Fault[] {
  const ms = durationMs(timeout) ?? 0
  return [
    ...(/^https?:\/\/[^\s/?#]/i.test(request.url)
      ? []
      : [error('webhook-url', 'request.url', 'Write a full address that begins with https://.')]),
    ...(ms > 0 && ms <= LONGEST_MS
      ? []
      : [
          error(
            'webhook-timeout',
            'timeout',
            'Wait for an answer between 1 second and 1 minute (PT1S to PT1M).',
          ),
        ]),
  ]
}
