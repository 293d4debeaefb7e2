import { z } from 'zod'
import type { MemberView } from '../../db/member-views.ts'
import { CHANNELS } from '../../flow/channels/channel.ts'

const channel = z.enum(CHANNELS)

export const memberView = z
  .strictObject({
    externalId: z.string(),
    email: z.string().nullable(),
    phone: z.string().nullable(),
    locale: z.string().nullable(),
    timeZone: z.string().nullable(),
    attributes: z.record(z.string(), z.unknown()),
    tags: z.array(z.string()),
    preferredChannels: z.array(channel),
    consents: z.array(
      z.strictObject({
        topic: z.string(),
        channel,
        state: z.enum(['granted', 'revoked']),
        source: z.string(),
        at: z.iso.datetime(),
      }),
    ),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'StoredMember' })

export function presentMember(member: MemberView): z.input<typeof memberView> {
  const { id: _id, createdAt, updatedAt, ...rest } = member
  return { ...rest, createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() }
}
