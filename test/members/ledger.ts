import { encodeId } from '../../db/ids.ts'
import type { House } from './house.ts'

/** A live marketing flow about prizes (and a transactional one), with a template and a simulator for each channel. */
export async function openLedger(house: House) {
  const one = async (sql: string, params: unknown[]) => {
    const [row] = await house.rows<{ id: number }>(sql, params)
    if (!row) throw new Error('An insert of one row returns one row.')
    return row.id
  }
  const template = await one(
    `insert into template (workspace, key, name, version) values ($1, 'winner', 'Winner', 1) returning id`,
    [house.workspace],
  )
  const templateVersion = await one(
    `insert into template_version (workspace, template, number, body, facts) values ($1, $2, 1, $3, '{}') returning id`,
    [house.workspace, template, TEMPLATE],
  )
  const transports: Record<string, number> = {}
  for (const channel of ['email', 'sms', 'whatsapp', 'telegram', 'push', 'voice']) {
    transports[channel] = await one(
      `insert into transport (workspace, channel, kind) values ($1, $2, 'simulator') returning id`,
      [house.workspace, channel],
    )
  }
  const flows: Record<string, { flow: number; version: number }> = {}
  for (const purpose of ['marketing', 'transactional']) {
    const flow = await one(
      `insert into flow (workspace, name, state, draft) values ($1, 'Winners', 'live', '{}') returning id`,
      [house.workspace],
    )
    const version = await one(
      `insert into flow_version (workspace, flow, number, document, plan) values ($1, $2, 1, '{}', $3) returning id`,
      [house.workspace, flow, { settings: { purpose, topic: 'prizes' } }],
    )
    await house.rows(
      `insert into stand (workspace, version, node, lane) values ($1, $2, 'congrats', 'urgent')`,
      [house.workspace, version],
    )
    flows[purpose] = { flow, version }
  }

  /** One enrollment at its send with one message of this status. */
  async function message(of: MessageSeed): Promise<Seeded> {
    const { member, channel = 'email', status = 'sent', purpose = 'marketing', rest, state = 'resting' } = of
    const flow = flows[purpose]
    const [who] = await house.rows<{ id: number }>('select id from member where external_id = $1', [member])
    const enrollment = await one(
      `insert into enrollment (workspace, flow, version, member, node, lane, state, due_at, period, seq, rest, entry, journey)
       values ($1, $2, $3, $4, 'congrats', 'urgent', $5, now() + interval '1 hour', date_trunc('month', now()), 0, $6, $7, '{}')
       returning id`,
      [house.workspace, flow?.flow, flow?.version, who?.id, state, rest, of.entry ?? {}],
    )
    const id = await one(
      `insert into message (workspace, period, flow, version, enrollment, node, hop, member, channel, transport, template,
         template_version, locale, "to", subject, vars, status, provider_id, topic, counted, sent_at, granted_at)
       values ($1, date_trunc('month', now()), $2, $3, $4, 'congrats', 0, $5, $6, $7, $8, $9, 'en', $10, $11, $12, $13, $14, 'prizes',
         $15, case when $13 in ('sent', 'delivered') then now() end, now()) returning id`,
      [
        house.workspace,
        flow?.flow,
        flow?.version,
        enrollment,
        who?.id,
        channel,
        transports[channel],
        template,
        templateVersion,
        of.to ?? `${member}@x.example`,
        of.subject ?? null,
        of.vars ?? {},
        status,
        of.providerId ?? null,
        purpose === 'marketing',
      ],
    )
    return { id, enrollment, edge: encodeId('message', id), transport: transports[channel] ?? 0 }
  }

  return { flows, transports, template, message }
}

export type Ledger = Awaited<ReturnType<typeof openLedger>>

export interface Seeded {
  id: number
  enrollment: number
  /** The id that the API shows. */
  edge: string
  transport: number
}

export interface MessageSeed {
  member: string
  channel?: string
  status?: string
  purpose?: 'marketing' | 'transactional'
  state?: 'active' | 'resting' | 'ended'
  rest?: unknown
  entry?: unknown
  to?: string
  subject?: string
  vars?: unknown
  providerId?: string
}

const TEMPLATE = {
  key: 'winner',
  name: 'Winner',
  defaultLocale: 'en',
  channels: {
    email: {
      en: {
        subject: 'You won {{ prize.name }}',
        html: '<p>Hello {{ member.name }}. <a href="https://shop.example/x">Shop</a></p>',
      },
    },
    sms: { en: { text: 'You won {{ prize.name }}' } },
  },
}
