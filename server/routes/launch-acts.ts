import { z } from 'zod'
import { cancelLaunch, paceLaunch, pauseLaunch, resumeLaunch } from '../../db/launch-acts.ts'
import { edgeId } from '../http/edge-id.ts'
import { route } from '../http/route.ts'
import { actOnLaunch } from '../launches/act-on-launch.ts'
import { launchView } from '../launches/launch-view.ts'
import { perMinuteOf, rateSchema } from '../launches/rate.ts'

const params = z.strictObject({ id: edgeId('launch') })
const responses = { 200: launchView }

export const launchActRoutes = [
  route({
    method: 'post',
    path: '/v1/launches/:id/pause',
    summary: 'Let nobody more enter until it is resumed; those inside go on',
    permission: 'flows:publish',
    params,
    body: z.strictObject({}).optional(),
    responses,
    async handle({ params: { id } }, context) {
      const body = await actOnLaunch(context, { id, action: 'launch.pause', act: pauseLaunch })
      return { status: 200, body }
    },
  }),
  route({
    method: 'post',
    path: '/v1/launches/:id/resume',
    summary: 'Go on with a launch that was paused, at its rate as of now',
    permission: 'flows:publish',
    params,
    body: z.strictObject({}).optional(),
    responses,
    async handle({ params: { id } }, context) {
      const body = await actOnLaunch(context, { id, action: 'launch.resume', act: resumeLaunch })
      return { status: 200, body }
    },
  }),
  route({
    method: 'post',
    path: '/v1/launches/:id/cancel',
    summary: 'Let nobody more enter; with `exit`, those it brought who are still inside leave at once',
    permission: 'flows:publish',
    params,
    body: z.strictObject({ inside: z.enum(['finish', 'exit']).optional() }).optional(),
    responses,
    async handle({ params: { id }, body: asked }, context) {
      const inside = asked?.inside ?? 'finish'
      const body = await actOnLaunch(context, {
        id,
        action: 'launch.cancel',
        act: (tx, launch) => cancelLaunch(tx, launch, inside),
        settings: { inside },
      })
      return { status: 200, body }
    },
  }),
  route({
    method: 'put',
    path: '/v1/launches/:id/rate',
    summary: 'Give a launch under way another rate, or, with null, none: it counts from now',
    permission: 'flows:publish',
    params,
    body: z.strictObject({ rate: rateSchema.nullable() }),
    responses,
    async handle({ params: { id }, body: { rate } }, context) {
      const perMinute = rate && perMinuteOf(rate)
      const body = await actOnLaunch(context, {
        id,
        action: 'launch.rate',
        act: (tx, launch) => paceLaunch(tx, launch, perMinute),
        settings: { perMinute },
      })
      return { status: 200, body }
    },
  }),
]
