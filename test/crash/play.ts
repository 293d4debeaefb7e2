import type { OwnApi } from '../../server/start/own-api.ts'
import type { FlowStats } from '../../db/flow-stats.ts'

/** What a bad day happens to: a flow, its templates and its members, all set up over HTTP. */
export interface Play {
  /** Publishes a flow of these nodes, which begins with an event of type `on`. Answers its id. */
  publish(drawing: Drawing): Promise<string>
  /** Members `<prefix>-0`, `<prefix>-1`, … with an address and consent on each channel of the play. */
  enlist(prefix: string, count: number): Promise<string[]>
  tell(type: string, members: string[]): Promise<void>
  stats(flow: string): Promise<FlowStats>
}

interface Drawing {
  on: string
  nodes: Record<string, unknown>
  settings?: Record<string, unknown>
}

export const TOPIC = 'news'

/** Mail goes to the server on `smtpPort`, text messages to the simulator. */
export async function openPlay(api: OwnApi, smtpPort: number): Promise<Play> {
  const from = { name: 'News', address: 'news@sender.example' }
  await api.send('PUT', '/v1/channels/email', { transport: 'smtp', host: '127.0.0.1', port: smtpPort, from })
  await api.send('PUT', '/v1/channels/sms', { transport: 'simulator' })
  for (const name of ['first', 'second']) await api.send('PUT', `/v1/templates/${name}`, template(name))
  return {
    async publish({ on, nodes, settings }) {
      const flow = {
        ...FLOW,
        settings: { ...FLOW.settings, ...settings },
        nodes: { begin: trigger(on, nodes), ...nodes },
      }
      const { id } = (await api.send('POST', '/v1/flows', flow)) as { id: string } // as the contract says
      await api.send('POST', `/v1/flows/${id}/publish`, {})
      return id
    },
    async enlist(prefix, count) {
      const members = Array.from({ length: count }, (_, n) => member(`${prefix}-${n}`, n))
      for (let at = 0; at < count; at += 500)
        await api.send('PUT', '/v1/members', members.slice(at, at + 500))
      return members.map(({ externalId }) => externalId)
    },
    async tell(type, members) {
      await api.send(
        'POST',
        '/v1/events',
        members.map((one) => event(type, one)),
      )
    },
    stats: async (flow) => (await api.get(`/v1/flows/${flow}/stats`)) as FlowStats,
  }
}

/** An event with an id that follows from its type and member, so that posting it again is the same event. */
export function event(type: string, member: string) {
  return { id: `${type}-${member}`, type, member, data: {} }
}

/** A send to one channel; both exits lead on. */
export function send(template: string, channels: string[], next: string | null) {
  return { kind: 'send', template, route: { strategy: 'fixed', channels }, exits: { next, failed: next } }
}

const FLOW = {
  schema: 'fanfare.flow/1',
  name: 'Bad day',
  settings: { purpose: 'marketing', topic: TOPIC, reentry: { policy: 'once' } },
  start: 'begin',
}

function trigger(event: string, nodes: Record<string, unknown>) {
  return { kind: 'trigger', on: { event }, exits: { next: Object.keys(nodes)[0] ?? null } }
}

function member(externalId: string, n: number) {
  const granted = { topic: TOPIC, state: 'granted', source: 'test' }
  return {
    externalId,
    email: `${externalId}@members.example`,
    phone: `+3460${String(n).padStart(7, '0')}`,
    attributes: { name: `Name of ${externalId}` },
    consents: [
      { ...granted, channel: 'email' },
      { ...granted, channel: 'sms' },
    ],
  }
}

function template(name: string) {
  const text = `The ${name} message for {{ member.name }}`
  return {
    name,
    defaultLocale: 'en',
    content: { email: { en: { subject: text, html: `<p>${text}</p>` } }, sms: { en: { text } } },
  }
}
