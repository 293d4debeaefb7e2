import { z } from 'zod'
import { checkCondition } from '../conditions/check-meaning.ts'
import { conditionSchema, type Condition } from '../conditions/schema.ts'
import { readCron } from '../cron.ts'
import { nextRun } from '../cron-runs.ts'
import { offsetMs } from '../duration.ts'
import { offsetSchema } from '../duration-schema.ts'
import { error, under, warning, type Fault } from '../fault.ts'
import { keyed } from '../keyed.ts'
import { own } from '../own.ts'
import type { PlanTrigger } from '../plan.ts'
import { isZone } from '../zone.ts'
import { audienceCondition, checkAudience } from './audience-key.ts'
import type { Place, SpecOf } from './node-spec.ts'
import { audienceSchema, common, nameSchema, timeSchema } from './parts.ts'

const schedule = z.strictObject({
  cron: z
    .string()
    .regex(/^\s*(\S+\s+){4}\S+\s*$/, 'Write five cron fields, such as 0 9 * * 1.')
    .max(100),
  timeZone: z.string().max(64).refine(isZone, 'Write an IANA zone such as Europe/Madrid.'),
})

const onSchema = keyed({
  event: z.strictObject({ event: nameSchema, where: conditionSchema.optional() }),
  schedule: z.strictObject({ schedule, audience: audienceSchema }),
  enters: z.strictObject({ enters: audienceSchema }),
  date: z.strictObject({
    date: z.strictObject({
      attribute: nameSchema,
      offset: offsetSchema.optional(),
      at: timeSchema.optional().describe('On the member’s clock; 09:00 when left out.'),
      repeat: z.enum(['yearly', 'never']).optional().describe('Yearly when left out.'),
    }),
  }),
  launch: z.strictObject({ launch: z.literal(true) }),
})

export const triggerSchema = z.strictObject({ kind: z.literal('trigger'), ...common, on: onSchema })
type On = z.infer<typeof onSchema>

export const trigger: SpecOf<'trigger'> = {
  schema: triggerSchema,
  exits: () => ['next'],
  check: ({ on }, place) => ('event' in on ? checkEvent(on, place) : under('on', checkOthers(on, place))),
  asks: ({ on }) => asksOf(on),
  compile: ({ label, on }, exit) => ({
    kind: 'trigger',
    label: label ?? null,
    on: compileOn(on),
    exits: { next: exit('next') },
  }),
  decide(_, { on }, { enrollment }) {
    const event = on.by === 'event' ? { event: on.event } : null
    const test = enrollment.test ? { test: true } : null
    return {
      take: 'next',
      reason: { code: 'entered', ...((event ?? test) && { args: { ...event, ...test } }) },
    }
  },
}

function checkEvent({ event, where }: Extract<On, { event: string }>, { catalog, document }: Place): Fault[] {
  if (event === '')
    return [error('no-event', 'on.event', 'No event is chosen. Choose what starts this flow.')]
  const known = own(catalog.eventTypes, event) !== undefined
  const message = `No *${event}* has arrived yet. Check its name, or publish and wait for the first.`
  const unseen = known ? [] : [warning('event-unseen', 'on.event', message)]
  return [
    ...unseen,
    ...(where ? under('on.where', checkCondition(where, { catalog, document, tests: event })) : []),
  ]
}

function checkOthers(on: Exclude<On, { event: string }>, place: Place): Fault[] {
  if ('schedule' in on)
    return [...checkSchedule(on.schedule), ...checkAudience('audience', on.audience, place)]
  if ('enters' in on) return checkAudience('enters', on.enters, place)
  if ('date' in on && on.date.attribute === '') {
    return [
      error('no-attribute', 'date.attribute', 'No attribute is chosen. Choose the date this flow goes by.'),
    ]
  }
  return []
}

function checkSchedule({ cron: text, timeZone }: z.infer<typeof schedule>): Fault[] {
  const cron = readCron(text)
  if (typeof cron === 'string') return [error('cron', 'schedule.cron', cron)]
  if (nextRun(cron, timeZone, 0) !== null) return []
  return [error('cron-never', 'schedule.cron', 'No such day ever comes. Choose other days.')]
}

function asksOf(on: On): Condition[] {
  if ('event' in on) return on.where ? [on.where] : []
  if ('schedule' in on) return [audienceCondition(on.audience)]
  return 'enters' in on ? [audienceCondition(on.enters)] : []
}

function compileOn(on: On): PlanTrigger {
  if ('event' in on) return { by: 'event', event: on.event, where: on.where ?? null }
  if ('schedule' in on) return { by: 'schedule', ...on.schedule, audience: on.audience }
  if ('enters' in on) return { by: 'enters', audience: on.enters }
  if ('launch' in on) return { by: 'launch' }
  const { attribute, offset = 'PT0S', at = '09:00', repeat = 'yearly' } = on.date
  return { by: 'date', attribute, offsetMs: offsetMs(offset) ?? 0, at, repeat }
}
