import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { Db } from '../../db/pool.ts'
import type { Installation } from '../support/installation.ts'

const example = (name: string): unknown =>
  JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', 'examples', name), 'utf8'))

const created = z.object({ id: z.string() })
const PER_REQUEST = 500

export interface World {
  flow: string
  /** External ids; `<id>@members.example` is the address. */
  members: string[]
}

/** The winner flow with mail over SMTP to the sink, and this many members who allowed it. */
export async function prepareWorld(
  installation: Installation,
  of: { members: number; sink: number; wait?: string },
): Promise<World> {
  const { api } = installation
  const members = Array.from({ length: of.members }, (_, n) => `bench-${n}`)
  for (let from = 0; from < members.length; from += PER_REQUEST) {
    await api.send('PUT', '/v1/members', members.slice(from, from + PER_REQUEST).map(memberOf))
  }
  const from = { name: 'Fanfare', address: 'news@fanfare.example' }
  await api.send('PUT', '/v1/channels/email', { transport: 'smtp', host: '127.0.0.1', port: of.sink, from })
  await api.send('PUT', '/v1/channels/sms', { transport: 'simulator' })
  await api.send('PUT', '/v1/templates/campaign_winner', example('campaign_winner.template.json'))
  const flow = created.parse(await api.send('POST', '/v1/flows', winner(of.wait)))
  await api.send('POST', `/v1/flows/${flow.id}/publish`, {})
  return { flow: flow.id, members }
}

/** A simulator for mail and text messages, and what winners are sent; answers the workspace. */
export async function connectSimulators({ api }: Installation, db: Db): Promise<number> {
  for (const channel of ['email', 'sms'])
    await api.send('PUT', `/v1/channels/${channel}`, { transport: 'simulator' })
  await api.send('PUT', '/v1/templates/campaign_winner', example('campaign_winner.template.json'))
  const [workspace] = await db.outside((tx) => tx.rows<{ id: number }>('select id from workspace'))
  return workspace?.id ?? 0
}

export function winner(wait = 'PT48H'): unknown {
  const document = z
    .looseObject({ nodes: z.record(z.string(), z.unknown()) })
    .parse(example('winner-congrats.flow.json'))
  const pause = { kind: 'wait', for: { duration: wait }, exits: { next: 'redeemed' } }
  return { ...document, nodes: { ...document.nodes, pause } }
}

function memberOf(externalId: string) {
  const consent = (channel: string) => ({ topic: 'prizes', channel, state: 'granted', source: 'bench' })
  return {
    externalId,
    email: `${externalId}@members.example`,
    phone: `+3460${externalId.slice('bench-'.length).padStart(7, '0')}`,
    locale: 'es',
    timeZone: 'Europe/Madrid',
    attributes: { name: 'Ana' },
    preferredChannels: ['email'],
    consents: [consent('email'), consent('sms')],
  }
}

let posted = 0

/** A win of the grand prize, never posted before. */
export function winOf(member: string) {
  posted += 1
  const prize = { name: 'Bicycle', code: `BIKE-${posted}`, tier: 'grand' }
  return { id: `win-${process.pid}-${posted}`, type: 'CampaignGameWon', member, data: { prize } }
}
