import { z } from 'zod'
import { error, type Fault } from '../fault.ts'
import { keySchema } from '../key.ts'
import { parsePath } from '../path.ts'
import type { FlowNode } from './schema.ts'
import type { SpecOf } from './node-spec.ts'
import { notRunning } from './not-running.ts'
import { channelSchema, common, valueSchema } from './parts.ts'

const FIXED = new Set(['externalId', 'email', 'phone', 'locale', 'timeZone', 'tags'])

const memberPath = z.string().refine((text) => {
  const path = parsePath(text)
  return path?.root === 'member' && !FIXED.has(path.keys[0] ?? '') && !path.keys.some((key) => key in {})
}, 'Write member.<attribute>. Addresses, locale and tags are not set here.')

export const updateSchema = z.strictObject({
  kind: z.literal('update'),
  ...common,
  set: z.record(memberPath, valueSchema).optional(),
  addTags: z.array(keySchema).max(50).optional(),
  removeTags: z.array(keySchema).max(50).optional(),
  consent: z
    .strictObject({
      topic: keySchema,
      channel: channelSchema,
      state: z.enum(['granted', 'revoked']),
      wording: z.string().min(1).max(2_000),
    })
    .optional(),
})

export const update: SpecOf<'update'> = {
  schema: updateSchema,
  exits: () => ['next'],
  check: checkUpdate,
  asks: () => [],
  compile: ({ label, set = {}, addTags = [], removeTags = [], consent = null }, exit) => ({
    kind: 'update',
    label: label ?? null,
    change: {
      set: Object.entries(set).map(([path, value]) => ({ path, value })),
      addTags,
      removeTags,
      consent,
    },
    exits: { next: exit('next') },
  }),
  runs: () => false,
  decide: () => notRunning('update'),
}

function checkUpdate({ set, addTags, removeTags, consent }: Extract<FlowNode, { kind: 'update' }>): Fault[] {
  const changes = Object.keys(set ?? {}).length + (addTags?.length ?? 0) + (removeTags?.length ?? 0)
  if (changes > 0 || consent) return []
  return [
    error(
      'no-change',
      '',
      'This step changes nothing. Set an attribute, a tag or a consent, or remove the step.',
    ),
  ]
}
