import { z } from 'zod'
import { decideCall } from '../call.ts'
import { durationMs } from '../duration.ts'
import { durationSchema } from '../duration-schema.ts'
import { keySchema } from '../key.ts'
import { parsePath } from '../path.ts'
import type { SpecOf } from './node-spec.ts'
import { common } from './parts.ts'
import { checkWebhook, TIMEOUT } from './webhook-check.ts'

const MOST_VARIABLES = 50

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
        .regex(/^[\t\x20-\x7e\x80-\xff]*$/, 'Keep this on one line, without control characters.'),
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
  store: z
    .record(variable, z.string().min(1).max(300))
    .refine((store) => Object.keys(store).length <= MOST_VARIABLES, {
      error: `Store at most ${MOST_VARIABLES} variables in one step.`,
      params: { code: 'too-many' },
    })
    .optional(),
})

export const webhook: SpecOf<'webhook'> = {
  schema: webhookSchema,
  exits: () => ['next', 'failed'],
  check: checkWebhook,
  asks: () => [],
  compile: ({ label, request, timeout = TIMEOUT, store = {} }, exit) => ({
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
  decide: decideCall,
}
