import { z } from 'zod'
import { encodeId } from '../../db/ids.ts'
import type { MessageRow } from '../../db/messages.ts'
import { CHANNELS } from '../../flow/channels/channel.ts'
import type { Reader } from '../../flow/reader.ts'
import { say } from '../../flow/words.ts'

export const STATUSES = ['pending', 'sending', 'sent', 'delivered', 'read', 'failed', 'unknown'] as const

const text = z.string().nullable()
const instant = z.iso.datetime().nullable()

/** One hop of one send for one member. */
export const messageView = z
  .strictObject({
    id: z.string(),
    flow: z.string().nullable(),
    version: z.int().nullable(),
    node: z.string(),
    hop: z.int().describe('Counts from 0.'),
    member: z.string(),
    channel: z.enum(CHANNELS),
    transport: text,
    status: z.enum(STATUSES),
    reason: text,
    to: text,
    template: text,
    templateVersion: z.int().nullable(),
    locale: text,
    subject: text,
    providerId: text,
    test: z.boolean(),
    createdAt: z.iso.datetime(),
    sentAt: instant,
    deliveredAt: instant,
    readAt: instant,
    openedAt: instant,
    clickedAt: instant,
  })
  .meta({ id: 'Message' })

export function presentMessage(row: MessageRow, reader: Reader): z.input<typeof messageView> {
  const { version, node, hop, member, channel, transport, status, to, template, locale, subject, test } = row
  const place = { version, node, hop, member, channel, transport, status }
  return {
    id: encodeId('message', row.id),
    flow: row.flow === null ? null : encodeId('flow', row.flow),
    ...place,
    reason: row.reason && say(row.reason, reader),
    to,
    template,
    templateVersion: row.template_version,
    locale,
    subject,
    providerId: row.provider_id,
    test,
    createdAt: row.created_at.toISOString(),
    sentAt: iso(row.sent_at),
    deliveredAt: iso(row.delivered_at),
    readAt: iso(row.read_at),
    openedAt: iso(row.opened_at),
    clickedAt: iso(row.clicked_at),
  }
}

const iso = (at: Date | null): string | null => at?.toISOString() ?? null
