import { encodeId } from '../../db/ids.ts'
import { CHANNELS, type Channel } from '../../flow/channels/channel.ts'
import type { TemplateDocument } from '../../flow/template.ts'
import type { House } from './house.ts'

type Purpose = 'marketing' | 'transactional'

export interface MessageSeed {
  member: string
  channel?: Channel
  status?: string
  purpose?: Purpose
  state?: 'active' | 'resting' | 'ended'
  rest?: unknown
  entry?: unknown
  to?: string
  subject?: string | null
  vars?: unknown
  providerId?: string | null
}

export interface Seeded {
  id: number
  enrollment: number
  /** The id that the API shows. */
  edge: string
  transport: number
}

/** A live marketing flow about prizes and a transactional one, a template, and a simulator for each channel. */
export async function openLedger(house: House) {
  const insert = inserter(house)
  const template = await insert('template', { key: 'winner', name: 'Winner', version: 1 })
  const version = { template, number: 1, body: TEMPLATE, facts: {} }
  const templateVersion = await insert('template_version', version)
  const transports = new Map<Channel, number>()
  for (const channel of CHANNELS)
    transports.set(channel, await insert('transport', { channel, kind: 'simulator' }))
  const flows = {
    marketing: await flowFor(house, 'marketing'),
    transactional: await flowFor(house, 'transactional'),
  }

  /** One enrollment at its send, with one message. */
  async function message(seed: MessageSeed): Promise<Seeded> {
    const { member, channel, purpose, state, rest, entry, ...row } = { ...USUAL, ...seed }
    const [who] = await house.rows<{ id: number }>('select id from member where external_id = $1', [member])
    const place = { ...flows[purpose], member: who?.id, period: MONTH, node: 'congrats' }
    const due = { due_at: new Date(Date.now() + 3_600_000), seq: 0, lane: 'urgent' }
    const enrollment = await insert('enrollment', { ...place, ...due, state, rest, entry, journey: {} })
    const sent = row.status === 'sent' || row.status === 'delivered'
    const times = { granted_at: new Date(), sent_at: sent ? new Date() : null }
    const about = { topic: 'prizes', counted: purpose === 'marketing', to: row.to ?? `${member}@x.example` }
    const content = {
      template,
      template_version: templateVersion,
      locale: 'en',
      subject: row.subject,
      vars: row.vars,
    }
    const transport = transports.get(channel) ?? 0
    const hop = { enrollment, hop: 0, channel, transport, status: row.status, provider_id: row.providerId }
    const id = await insert('message', { ...place, ...hop, ...about, ...content, ...times })
    return { id, enrollment, edge: encodeId('message', id), transport }
  }
  return { flows, transports, message }
}

export type Ledger = Awaited<ReturnType<typeof openLedger>>

const USUAL = {
  channel: 'email' as Channel,
  status: 'sent',
  purpose: 'marketing' as Purpose,
  state: 'resting',
  rest: null as unknown,
  entry: {} as unknown,
  vars: { now: 0, zone: 'UTC', member: { name: 'Ana' }, event: { prize: { name: 'Bicycle' } } } as unknown,
  subject: null as string | null,
  providerId: null as string | null,
  to: undefined as string | undefined,
}

const MONTH = `${new Date().toISOString().slice(0, 7)}-01`

async function flowFor(house: House, purpose: Purpose): Promise<{ flow: number; version: number }> {
  const insert = inserter(house)
  const flow = await insert('flow', { name: `Winners, ${purpose}`, state: 'live', draft: {} })
  const plan = { settings: { purpose, topic: 'prizes' } }
  const version = await insert('flow_version', { flow, number: 1, document: {}, plan })
  await insert('stand', { version, node: 'congrats', lane: 'urgent' })
  return { flow, version }
}

/** Inserts one row of the workspace and answers its id. */
function inserter(house: House) {
  return async (table: string, row: Record<string, unknown>): Promise<number> => {
    const full = { ...row, workspace: house.workspace }
    const columns = Object.keys(full).map((column) => `"${column}"`)
    const [stored] = await house.rows<{ id: number }>(
      `insert into ${table} (${columns.join(', ')}) values (${columns.map((_, n) => `$${n + 1}`).join(', ')}) returning id`,
      Object.values(full),
    )
    if (!stored) throw new Error('An insert of one row returns one row.')
    return stored.id
  }
}

const TEMPLATE: TemplateDocument = {
  name: 'Winner',
  priority: 'normal',
  active: true,
  defaultLocale: 'en',
  content: {
    email: {
      en: {
        subject: 'You won a {{ event.prize.name }}',
        html: '<p>Hello {{ member.name }}, <a href="https://shop.example/prize?a=1&b=2">fetch it</a>. <a href="{{ links.preferences }}">Preferences</a> <a href="{{ links.view }}">View</a></p>',
      },
    },
    sms: { en: { text: 'You won a {{ event.prize.name }}' } },
  },
}
