import { z } from 'zod'
import { REACHED } from '../channels/channel.ts'
import { durationMs } from '../duration.ts'
import { durationSchema } from '../duration-schema.ts'
import type { PlanRoute } from '../plan.ts'
import { decideSend } from '../route.ts'
import type { SpecOf } from './node-spec.ts'
import { channelSchema, channelsSchema, common, nameSchema } from './parts.ts'
import { checkSend } from './send-check.ts'

export const routeSchema = z.strictObject({
  strategy: z.enum(['preferred', 'fixed', 'all', 'different']),
  channels: channelsSchema.optional(),
  differentFrom: z.string().max(64).optional(),
  hops: z
    .partialRecord(channelSchema, z.strictObject({ until: z.enum(REACHED), fallbackAfter: durationSchema }))
    .optional(),
})

export const sendSchema = z.strictObject({
  kind: z.literal('send'),
  ...common,
  template: nameSchema,
  route: routeSchema,
})

export const send: SpecOf<'send'> = {
  schema: sendSchema,
  exits: () => ['next', 'failed'],
  check: checkSend,
  asks: () => [],
  compile: ({ label, template, route }, exit) => ({
    kind: 'send',
    label: label ?? null,
    template,
    route: compileRoute(route),
    exits: { next: exit('next'), failed: exit('failed') },
  }),
  decide: decideSend,
}

/** `all` has no clocks: each of its channels gets its hop at once. */
function compileRoute({
  strategy,
  channels,
  differentFrom,
  hops = {},
}: z.infer<typeof routeSchema>): PlanRoute {
  const compiled: PlanRoute['hops'] = {}
  for (const channel of channelSchema.options) {
    const hop = strategy === 'all' ? undefined : hops[channel]
    if (hop) compiled[channel] = { until: hop.until, fallbackAfterMs: durationMs(hop.fallbackAfter) ?? 0 }
  }
  return { strategy, channels: channels ?? null, differentFrom: differentFrom ?? null, hops: compiled }
}
