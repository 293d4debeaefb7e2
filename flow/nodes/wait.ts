import { z } from 'zod'
import { checkCondition } from '../conditions/check-meaning.ts'
import { conditionSchema } from '../conditions/schema.ts'
import { durationMs, offsetMs } from '../duration.ts'
import { durationSchema, offsetSchema } from '../duration-schema.ts'
import { error, under, warning, type Fault } from '../fault.ts'
import { keyed } from '../keyed.ts'
import { own } from '../own.ts'
import type { PlanWait } from '../plan.ts'
import type { Place, SpecOf } from './node-spec.ts'
import { common, nameSchema, timeSchema } from './parts.ts'
import { waitTurn } from './wait-turn.ts'

const forSchema = keyed({
  duration: z.strictObject({ duration: durationSchema }),
  until: z.strictObject({
    until: z.strictObject({
      time: timeSchema,
      weekdays: z.array(z.int().min(1).max(7)).min(1).max(7).optional(),
      zone: z.enum(['member', 'workspace']),
    }),
  }),
  date: z.strictObject({ date: nameSchema, offset: offsetSchema.optional() }),
  event: z.strictObject({ event: nameSchema, where: conditionSchema.optional(), timeout: durationSchema }),
})

export const waitSchema = z.strictObject({ kind: z.literal('wait'), ...common, for: forSchema })
type For = z.infer<typeof forSchema>

export const wait: SpecOf<'wait'> = {
  schema: waitSchema,
  exits: (node) => ('event' in node.for ? ['happened', 'timeout'] : ['next']),
  check: (node, place) => under('for', checkFor(node.for, place)),
  asks: (node) => ('event' in node.for && node.for.where ? [node.for.where] : []),
  compile: (node, exit) => ({
    kind: 'wait',
    label: node.label ?? null,
    for: compileFor(node.for),
    exits: Object.fromEntries(wait.exits(node).map((handle) => [handle, exit(handle)])),
  }),
  decide: (_, node, scene) => waitTurn(node.for, scene),
}

function checkFor(on: For, place: Place): Fault[] {
  if ('duration' in on) return checkLength('duration', on.duration)
  if ('until' in on) return []
  if ('date' in on)
    return on.date === '' ? [error('no-attribute', 'date', 'No date is chosen. Choose an attribute.')] : []
  if (on.event === '') return [error('no-event', 'event', 'No event is chosen. Choose what to wait for.')]
  const { catalog, document } = place
  const unseen = `No *${on.event}* has arrived yet. Check its name, or publish and wait for the first.`
  return [
    ...(own(catalog.eventTypes, on.event) ? [] : [warning('event-unseen', 'event', unseen)]),
    ...checkLength('timeout', on.timeout),
    ...(on.where ? under('where', checkCondition(on.where, { catalog, document, tests: on.event })) : []),
  ]
}

function checkLength(path: string, duration: string): Fault[] {
  if (durationMs(duration) !== 0) return []
  return [warning('wait-zero', path, 'This waits for no time at all. Give it a length, or remove the step.')]
}

function compileFor(on: For): PlanWait {
  if ('duration' in on) return { by: 'duration', ms: durationMs(on.duration) ?? 0 }
  if ('until' in on) return { by: 'until', ...on.until, weekdays: on.until.weekdays ?? null }
  if ('date' in on) return { by: 'date', attribute: on.date, offsetMs: offsetMs(on.offset ?? 'PT0S') ?? 0 }
  return { by: 'event', event: on.event, where: on.where ?? null, timeoutMs: durationMs(on.timeout) ?? 0 }
}
