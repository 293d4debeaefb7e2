import { z } from 'zod'
import { CHANNELS } from './channels/channel.ts'
import { isZone } from './zone.ts'

const channel = z.enum(CHANNELS)
const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day is written as "21:00"')
const weekday = z.int().min(1).max(7).describe('Monday is 1, Sunday is 7')

const quietHours = z
  .strictObject({
    from: time,
    to: time,
    weekdays: z.array(weekday).min(1).optional(),
    channels: z.array(channel).min(1).optional(),
  })
  .refine(({ from, to }) => from !== to, {
    path: ['to'],
    message: 'quiet hours that end when they begin would last all day; choose another time',
  })

const frequencyCap = z.strictObject({
  max: z.int().min(1).max(1_000),
  per: z.enum(['day', 'week', 'month']),
  window: z.enum(['calendar', 'rolling']),
  channel: channel.optional(),
  topic: z.string().min(1).max(100).optional(),
})

/** Journeys no shorter than two: caps look a month back, whichever day it is. */
const months = (least: number) => z.int().min(least).max(120).nullable()

const retention = z
  .strictObject({
    events: months(1).describe(
      'Events and their ids. Conditions look no further back, and an id may come again after it.',
    ),
    journeys: months(2).describe(
      'Steps, messages, receipts and data of journeys that have ended. That they were is remembered.',
    ),
    audit: months(1).describe('Who did what.'),
  })
  .describe('Whole months that are kept besides the current one; null: for good.')

/** What a workspace's operators decide for every flow. Times are on the member's clock, else on `timeZone`'s. */
export const settingsSchema = z.strictObject({
  timeZone: z.string().refine(isZone, 'not an IANA time zone such as Europe/Madrid'),
  locale: z.string().min(2).max(35),
  channelOrder: z.array(channel).max(6),
  topicsClosed: z.boolean(),
  sending: z.boolean(),
  allowList: z.array(z.string().min(1).max(320)).max(1_000).nullable(),
  quietHours: quietHours.nullable(),
  frequencyCaps: z.array(frequencyCap).max(20),
  retention,
})

export type Settings = z.infer<typeof settingsSchema>

export const SETTINGS_DEFAULTS: Settings = {
  timeZone: 'UTC',
  locale: 'en',
  channelOrder: ['email', 'sms', 'telegram', 'push', 'whatsapp', 'voice'],
  topicsClosed: false,
  sending: true,
  allowList: null,
  quietHours: null,
  frequencyCaps: [],
  retention: { events: null, journeys: null, audit: null },
}
