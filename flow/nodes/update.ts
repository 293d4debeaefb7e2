import { z } from 'zod'
import { error, type Fault } from '../fault.ts'
import { keySchema } from '../key.ts'
import { parsePath } from '../path.ts'
import type { FlowNode } from './schema.ts'
import type { Place, SpecOf } from './node-spec.ts'
import { channelSchema, common, valueSchema } from './parts.ts'
import { updateTurn } from './update-turn.ts'

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
      // What holds another comes before it: a document keeps no order of its own.
      set: Object.entries(set)
        .map(([path, value]) => ({ path, value }))
        .toSorted((a, b) => a.path.length - b.path.length),
      addTags,
      removeTags,
      consent,
    },
    exits: { next: exit('next') },
  }),
  decide: (_, { change }, scene) => updateTurn(change, scene),
}

function checkUpdate(
  { set, addTags, removeTags, consent }: Extract<FlowNode, { kind: 'update' }>,
  { catalog: { topics } }: Place,
): Fault[] {
  if (consent) {
    if (consent.topic === '*' || topics === null || topics.includes(consent.topic)) return []
    const message = `There is no topic *${consent.topic}*, and the list of topics is closed. Choose another, or add it in the settings.`
    return [error('topic-closed', 'consent.topic', message)]
  }
  const changes = Object.keys(set ?? {}).length + (addTags?.length ?? 0) + (removeTags?.length ?? 0)
  if (changes > 0) return []
  return [
    error(
      'no-change',
      '',
      'This step changes nothing. Set an attribute, a tag or a consent, or remove the step.',
    ),
  ]
}
