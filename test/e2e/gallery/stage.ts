import { simpleParser, type ParsedMail } from 'mailparser'
import { expect, vi } from 'vitest'
import { CHANNELS } from '../../../flow/channels/channel.ts'
import { GALLERY } from '../../../flow/gallery/gallery.ts'
import type { ReadyFlow } from '../../../flow/gallery/ready-flow.ts'
import { startInstallation, type Installation } from '../../support/installation.ts'
import { startSinkProcess } from '../../support/smtp-sink-process.ts'
import { scaled, ZONE, type Tempo } from './scaled.ts'

/** An installation in which ready flows run in front of people whose mail really arrives; all else is simulated. */
export type Stage = Awaited<ReturnType<typeof openStage>>

/** Longer than any journey takes here. */
export const LONG = 120_000

/** Looks again and again until all that is expected in `look` is so. */
const until = <T>(look: () => Promise<T>): Promise<T> => vi.waitFor(look, { timeout: LONG, interval: 150 })

export async function openStage() {
  const sink = await startSinkProcess(['--keep'])
  const installation = await startInstallation()
  const { api } = installation
  const from = { name: 'Fanfare', address: 'news@fanfare.example' }
  await api.send('PUT', '/v1/channels/email', { transport: 'smtp', host: '127.0.0.1', port: sink.port, from })
  for (const channel of CHANNELS.filter((one) => one !== 'email'))
    await api.send('PUT', `/v1/channels/${channel}`, { transport: 'simulator' })
  return {
    ...scenery(installation),
    /** The mail with this subject that a member has received. */
    mail: (member: string, subject: string): Promise<ParsedMail> =>
      until(async () => {
        const found = (await mailsTo(sink, member)).find((mail) => mail.subject === subject)
        expect(found, `${subject} for ${member}`).toBeDefined()
        return found!
      }),
    /** The subjects of all that a member has received by mail so far. */
    subjects: async (member: string) => (await mailsTo(sink, member)).map((mail) => mail.subject),
    async close() {
      await installation.stop()
      await sink.stop()
    },
  }
}

async function mailsTo(sink: Awaited<ReturnType<typeof startSinkProcess>>, member: string) {
  const arrivals = (await sink.arrivals()).filter(({ to }) => to.includes(addressOf(member)))
  return Promise.all(arrivals.map(({ raw = '' }) => simpleParser(raw)))
}

const addressOf = (member: string) => `${member}@members.example`

let people = 0
let acts = 0

/** Somebody who can be reached by mail and by phone and allows everything, unless said otherwise. */
export function person(externalId: string, more: { attributes?: object; [field: string]: unknown } = {}) {
  people += 1
  const allowed = ['news', 'offers'].flatMap((topic) =>
    ['email', 'sms', 'whatsapp'].map((channel) => ({
      topic,
      channel,
      state: 'granted',
      source: 'sign-up form',
    })),
  )
  return {
    externalId,
    email: addressOf(externalId),
    phone: `+3460000${String(people).padStart(4, '0')}`,
    locale: 'en',
    timeZone: ZONE,
    preferredChannels: ['email'],
    consents: allowed,
    ...more,
    attributes: { name: externalId, ...more.attributes },
  }
}

function scenery({ api, base, key }: Installation) {
  // What an answer holds is for the expectations to say.
  // oxlint-disable-next-line typescript/no-explicit-any
  const get = async (path: string): Promise<any> => api.get(path)
  const post = (path: string, body: object) =>
    fetch(base + path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        'idempotency-key': `${++acts}`,
      },
    })
  return {
    get,
    post,
    put: (...members: object[]) => api.send('PUT', '/v1/members', members),
    happens: (member: string, type: string, data: object = {}) =>
      api.send('POST', '/v1/events', { id: `event-${++acts}`, type, member, data }),
    /** Puts a ready flow there with all that it speaks of, at this tempo, and publishes it. */
    async perform(name: string, tempo: Tempo, change: (flow: ReadyFlow['flow']) => void = () => {}) {
      const { flow, templates, audiences } = GALLERY.find((ready) => ready.key === name)!
      for (const [id, body] of Object.entries(templates)) await api.send('PUT', `/v1/templates/${id}`, body)
      for (const [id, body] of Object.entries(audiences)) await api.send('PUT', `/v1/audiences/${id}`, body)
      const document = scaled(flow, tempo)
      change(document)
      const { id } = (await api.send('POST', '/v1/flows', document)) as { id: string }
      await api.send('POST', `/v1/flows/${id}/publish`, {})
      return id
    },
    /** The steps of a member whose journey has come to its end: `hello by email`, `week next`, `offer left`, … */
    async journey(flow: string, member: string): Promise<string[]> {
      const steps = await until(async () => {
        const { enrollments } = await get(`/v1/flows/${flow}/why?member=${member}`)
        expect(enrollments[0]?.state, `${member} in ${flow}`).toBe('ended')
        return enrollments[0].steps as { node: string; outcome: string; why: string }[]
      })
      return steps
        .filter(({ outcome }) => outcome !== 'resting' && outcome !== 'refused')
        .map(({ node, outcome, why }) => `${node} ${outcome === 'sent' ? goingOut(why) : outcome}`)
    },
    /** Resolves once a member rests at this step. */
    stands: (flow: string, { member, node }: { member: string; node: string }) =>
      until(async () => {
        const { enrollments } = await get(`/v1/flows/${flow}/why?member=${member}`)
        expect(enrollments[0]).toMatchObject({ node, state: 'resting' })
      }),
    /** The newest message that the simulator took over for a member on a channel. */
    simulated: (member: string, channel: string) =>
      until(async () => {
        const { items } = await get(`/v1/simulator/messages?member=${member}&channel=${channel}`)
        expect(items[0], `${channel} for ${member}`).toMatchObject({ status: 'sent' })
        return items[0]
      }),
  }
}

/** 'by email' of 'Going out by email: …'; a call has another sentence and stays 'sent'. */
function goingOut(why: string): string {
  return /\bby [\w ]+/.exec(why)?.[0] ?? 'sent'
}

/** Follows the link of a mail that stands around this text, as a reader would; answers where it leads. */
export async function click({ html }: ParsedMail, text: string): Promise<string | null> {
  const [, address = ''] = new RegExp(`href="([^"]+)"[^>]*>${text}`).exec(String(html)) ?? []
  const { headers } = await fetch(address.replaceAll('&amp;', '&'), { redirect: 'manual' })
  return headers.get('location')
}
