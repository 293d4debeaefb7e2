import type { Channel } from '../../flow/channels/channel.ts'
import { buildScope, type Scope } from '../../flow/scope.ts'
import { type Rendered, render } from '../../activities/render/render.ts'
import { tokenKeys } from '../../activities/render/token-keys.ts'
import { trackingOf } from '../../activities/render/tracking.ts'

export const PUBLIC_URL = 'https://fanfare.example'
export const keys = tokenKeys('a secret of thirty-two characters')
export const tracking = trackingOf({ publicUrl: PUBLIC_URL, keys, workspace: 1, member: 7, message: 42 })

/** A member's attributes and an entry event's data as a scope. */
export function scopeOf(attributes: Record<string, unknown>, data: Record<string, unknown> = {}): Scope {
  const member = { externalId: 'm-1', email: 'ana@members.example', phone: null, locale: 'es', attributes }
  const entry = { id: 'evt-1', type: 'CampaignGameWon', at: Date.parse('2026-11-21T10:00:00Z'), data }
  return buildScope({ member, enrollment: { entry, journey: {} } })
}

interface Sample {
  channel?: Channel
  content: Record<string, unknown>
  scope?: Scope
  locale?: string
  marketing?: boolean
  tracked?: boolean
}

/** Renders a content as the engine does, in English at ten o'clock in Madrid unless said otherwise. */
export function rendered({ channel = 'sms', content, scope = scopeOf({}), ...rest }: Sample): Rendered {
  const { locale = 'en', marketing = false, tracked = false } = rest
  const when = { now: Date.parse('2026-11-21T09:00:00Z'), timeZone: 'Europe/Madrid' }
  const source = { channel, content, locale, templateVersionId: null }
  return render({ ...source, ...when, scope, marketing, tracking: tracked ? tracking : null })
}

export const sms = (text: string, scope?: Scope): string | undefined =>
  rendered({ content: { text }, ...(scope && { scope }) }).content.text

export const html = (source: string, scope?: Scope): string | undefined =>
  rendered({ channel: 'email', content: { subject: 's', html: source }, ...(scope && { scope }) }).content
    .html
