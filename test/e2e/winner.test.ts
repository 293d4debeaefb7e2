import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { simpleParser } from 'mailparser'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { startInstallation, type Installation } from '../support/installation.ts'
import { startSinkProcess, type SinkProcess } from '../support/smtp-sink-process.ts'

// The story that the product is built around, told to a whole installation by its HTTP surface alone.

const example = (name: string) => JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', 'examples', name), 'utf8'))
const waitFor = <T>(look: () => Promise<T>) => vi.waitFor(look, { timeout: 20_000, interval: 50 })

let installation: Installation
let sink: SinkProcess
let flow: string

// What an answer holds is for the expectations to say.
// oxlint-disable-next-line typescript/no-explicit-any
const get = async (path: string): Promise<any> => installation.api.get(path)

beforeAll(async () => {
  sink = await startSinkProcess(['--keep'])
  installation = await startInstallation()
  const { api } = installation
  const from = { name: 'Fanfare', address: 'news@fanfare.example' }
  await api.send('PUT', '/v1/channels/email', { transport: 'smtp', host: '127.0.0.1', port: sink.port, from })
  await api.send('PUT', '/v1/channels/sms', { transport: 'simulator' })
  await api.send('PUT', '/v1/members', [...example('members.json'), like('m-1', 'm-redeems')])
  await api.send('PUT', '/v1/templates/campaign_winner', example('campaign_winner.template.json'))
  const document = example('winner-congrats.flow.json')
  document.nodes.pause.for.duration = 'PT2S'
  const created = (await api.send('POST', '/v1/flows', document)) as { id: string }
  flow = created.id
  await api.send('POST', `/v1/flows/${flow}/publish`, { note: 'The first' })
}, 60_000)

afterAll(async () => {
  await installation?.stop()
  await sink?.stop()
})

function like(model: string, externalId: string) {
  const member = example('members.json').find((one: { externalId: string }) => one.externalId === model)
  return { ...member, externalId, email: `${externalId}@members.example`, phone: '+34600000099' }
}

test('a winner gets the mail in their language, and the reminder by SMS', async () => {
  await installation.api.send('POST', '/v1/events', example('event.json'))
  const mail = await waitFor(async () => {
    const found = (await sink.arrivals()).find((one) => one.to.includes('ana@members.example'))
    expect(found).toBeDefined()
    return simpleParser(found?.raw ?? '')
  })
  expect(mail.subject).toBe('🎉 ¡Has ganado, Ana!')
  expect(mail.text).toContain('BIKE-77')
  expect(mail.headers.get('list')).toMatchObject({ unsubscribe: { url: expect.stringMatching(/\/u\/v1\./) } })
  const { items } = await waitFor(async () => {
    const page = await get(`/v1/messages?flow=${flow}&member=m-1&channel=sms`)
    expect(page.items[0]?.status).toBe('sent')
    return page
  })
  expect(items[0]).toMatchObject({ node: 'remind', locale: 'es' })
  expect((await get(`/v1/messages/${items[0].id}`)).content.text).toContain('¡Enhorabuena Ana! Código: BIKE-77')
})

test('who redeems the prize in time gets no reminder', async () => {
  const { api } = installation
  await api.send('POST', '/v1/events', { ...example('event.json'), id: 'evt-redeems', member: 'm-redeems' })
  await api.send('POST', '/v1/events', { id: 'evt-redeemed', type: 'PrizeRedeemed', member: 'm-redeems' })
  const why = await waitFor(async () => {
    const told = await get(`/v1/flows/${flow}/why?member=m-redeems`)
    expect(told.enrollments[0].state).toBe('ended')
    return told
  })
  expect(why.enrollments[0].steps.at(-1)).toMatchObject({ node: 'redeemed', outcome: 'yes' })
  expect((await get(`/v1/messages?flow=${flow}&member=m-redeems`)).items).toHaveLength(1)
})

test('why, timeline and message tell the story in the same words', async () => {
  const [enrollment] = (await get(`/v1/flows/${flow}/why?member=m-1`)).enrollments
  const told = enrollment.steps.map((step: { node: string; outcome: string; why: string }) => [step.node, step.outcome, step.why])
  expect(told).toMatchInlineSnapshot(`
    [
      [
        "won",
        "next",
        "Entered the flow.",
      ],
      [
        "grand",
        "next",
        "In *Grand prize only* (prize tier was *grand*).",
      ],
      [
        "congrats",
        "sent",
        "Sent by email.",
      ],
      [
        "congrats",
        "next",
        "Sent by email.",
      ],
      [
        "pause",
        "resting",
        "Resting until 12:39 on 21 November.",
      ],
      [
        "pause",
        "next",
        "The wait is over.",
      ],
      [
        "redeemed",
        "no",
        "*Prize redeemed?* No (*PrizeRedeemed* had not happened since the entry).",
      ],
      [
        "remind",
        "sent",
        "Sent by SMS.",
      ],
      [
        "remind",
        "next",
        "Sent by SMS.",
      ],
    ]
  `)
  const timeline = (await get('/v1/members/m-1/timeline')).items.map((item: { text: string }) => item.text)
  expect(timeline).toMatchInlineSnapshot(`
    [
      "Reached the end of the flow.",
      "Sent by SMS.",
      "Message by SMS: sent.",
      "Sent by SMS.",
      "*Prize redeemed?* No (*PrizeRedeemed* had not happened since the entry).",
      "The wait is over.",
      "Resting until 12:39 on 21 November.",
      "Sent by email.",
      "Message by email: sent.",
      "Sent by email.",
      "In *Grand prize only* (prize tier was *grand*).",
      "Entered the flow.",
      "Entered the flow.",
      "Granted: *prizes* by SMS (signup-form).",
      "Granted: *prizes* by email (signup-form).",
      "Prefers email.",
      "CampaignGameWon happened.",
    ]
  `)
  const [message] = (await get(`/v1/messages?flow=${flow}&member=m-1&channel=email`)).items
  const { trace, attempts } = await get(`/v1/messages/${message.id}`)
  expect({ trace, attempts }).toMatchInlineSnapshot(`
    {
      "attempts": [
        {
          "at": "2026-11-21T12:39:32.780Z",
          "outcome": "accepted",
          "response": "250 2.0.0 Ok: taken",
        },
      ],
      "trace": {
        "hops": [
          {
            "channel": "email",
            "clickedAt": null,
            "createdAt": "2026-11-21T12:39:32.676Z",
            "deliveredAt": null,
            "flow": "flw_1",
            "hop": 0,
            "id": "msg_1",
            "locale": "es",
            "member": "m-1",
            "node": "congrats",
            "openedAt": null,
            "providerId": "<msg_1@fanfare.example>",
            "readAt": null,
            "reason": null,
            "sentAt": "2026-11-21T12:39:32.814Z",
            "status": "sent",
            "subject": "🎉 ¡Has ganado, Ana!",
            "template": "campaign_winner",
            "templateVersion": 1,
            "test": false,
            "to": "ana@members.example",
            "transport": "smtp",
            "version": 1,
          },
        ],
        "steps": [
          {
            "at": "2026-11-21T12:39:32.676Z",
            "candidates": [
              {
                "channel": "email",
                "refused": null,
              },
            ],
            "outcome": "sent",
            "why": "Sent by email.",
          },
          {
            "at": "2026-11-21T12:39:32.820Z",
            "candidates": [],
            "outcome": "next",
            "why": "Sent by email.",
          },
        ],
      },
    }
  `)
})

test('a member without consent gets nothing, and the reason says so', async () => {
  await installation.api.send('POST', '/v1/events', { ...example('event.json'), id: 'evt-chloe', member: 'm-3' })
  const why = await waitFor(async () => {
    const found = await get(`/v1/flows/${flow}/why?member=m-3`)
    expect(found.enrollments[0]?.state).toBe('ended')
    return found
  })
  expect(why.enrollments[0].steps.at(-1)).toMatchInlineSnapshot(`
    {
      "at": "2026-11-21T12:39:38.670Z",
      "candidates": [
        {
          "channel": "whatsapp",
          "refused": "Not sent by WhatsApp: the channel is not connected. Connect it on the Channels page.",
        },
        {
          "channel": "email",
          "refused": "Not sent by email: no consent for *prizes* by email.",
        },
        {
          "channel": "sms",
          "refused": "Not sent by SMS: no address for it.",
        },
        {
          "channel": "telegram",
          "refused": "Not sent by Telegram: the channel is not connected. Connect it on the Channels page.",
        },
        {
          "channel": "push",
          "refused": "Not sent by push: the channel is not connected. Connect it on the Channels page.",
        },
      ],
      "node": "congrats",
      "outcome": "failed",
      "why": "Not sent: every channel of this send was refused.",
    }
  `)
})
