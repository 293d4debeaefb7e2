import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client, Connection } from '@temporalio/client'
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js'
import { simpleParser } from 'mailparser'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { startInstallation, type Installation } from '../support/installation.ts'
import { startSinkProcess, type SinkProcess } from '../support/smtp-sink-process.ts'

// The story that the product is built around, told to a whole installation by its HTTP surface alone.

const example = (name: string) =>
  JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', 'examples', name), 'utf8'))
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
}, 120_000)

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
  expect(mail.headers.get('list')).toMatchObject({ unsubscribe: { url: expect.stringMatching(/\/u\/v2\./) } })
  const { items } = await waitFor(async () => {
    const page = await get(`/v1/messages?flow=${flow}&member=m-1&channel=sms`)
    expect(page.items[0]?.status).toBe('sent')
    return page
  })
  expect(items[0]).toMatchObject({ node: 'remind', locale: 'es' })
  expect((await get(`/v1/messages/${items[0].id}`)).content.text).toContain(
    '¡Enhorabuena Ana! Código: BIKE-77',
  )
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
  const steps: { node: string; outcome: string; why: string }[] = enrollment.steps
  expect(steps.map(({ node, outcome, why }) => `${node}, ${outcome}: ${why}`)).toEqual([
    'won, next: Entered the flow.',
    'grand, next: In *Grand prize only* (prize tier was *grand*).',
    'congrats, sent: Going out by email.',
    'congrats, next: Sent by email.',
    expect.stringMatching(/^pause, resting: Resting until \d\d:\d\d on \d+ \w+/),
    'pause, next: The wait is over.',
    'redeemed, no: *Prize redeemed?* No (*PrizeRedeemed* had not happened since the entry).',
    'remind, sent: Going out by SMS.',
    'remind, next: Sent by SMS.',
  ])
  const timeline: string[] = (await get('/v1/members/m-1/timeline')).items.map(
    (item: { text: string }) => item.text,
  )
  for (const { why } of steps) expect(timeline).toContain(why)
  const [message] = (await get(`/v1/messages?flow=${flow}&member=m-1&channel=email`)).items
  const { trace, attempts } = await get(`/v1/messages/${message.id}`)
  expect(attempts).toMatchObject([{ outcome: 'accepted', response: expect.stringMatching(/^250 /) }])
  expect(trace.steps.map((step: { why: string }) => step.why)).toEqual([
    'Going out by email.',
    'Sent by email.',
  ])
})

test('a member without consent gets nothing, and the reason says so', async () => {
  await installation.api.send('POST', '/v1/events', {
    ...example('event.json'),
    id: 'evt-chloe',
    member: 'm-3',
  })
  const why = await waitFor(async () => {
    const found = await get(`/v1/flows/${flow}/why?member=m-3`)
    expect(found.enrollments[0]?.state).toBe('ended')
    return found
  })
  const step = why.enrollments[0].steps.at(-1)
  expect(step).toMatchObject({
    node: 'congrats',
    outcome: 'failed',
    why: 'Not sent: no channel could be used (WhatsApp, Telegram, push: not connected; email: no consent; SMS: no phone number).',
  })
  expect(step.candidates).toContainEqual({
    channel: 'email',
    refused: 'Not sent by email: no consent for *prizes* by email.',
  })
  expect(await get(`/v1/messages?flow=${flow}&member=m-3`)).toMatchObject({ items: [] })
})

test('the numbers of the flow balance', async () => {
  const { enrolled, active, resting, ended, nodes } = await get(`/v1/flows/${flow}/stats`)
  expect({ enrolled, active, resting, ended }).toEqual({ enrolled: 3, active: 0, resting: 0, ended: 3 })
  expect(nodes.congrats).toEqual({
    entered: 3,
    resting: 0,
    left: 0,
    failed: 1,
    exits: { next: 2, failed: 1 },
  })
  expect(nodes.redeemed.exits).toEqual({ yes: 1, no: 1 })
})

test('a click on unsubscribe ends it: the next win sends nothing by mail', async () => {
  const [mail] = await sink.arrivals()
  const { headers } = await simpleParser(mail?.raw ?? '')
  const list = headers.get('list') as unknown as { unsubscribe: { url: string } } // how mailparser gives List-* fields
  const answer = await fetch(list.unsubscribe.url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'List-Unsubscribe=One-Click',
  })
  expect(answer.status).toBe(200)
  await installation.api.send('POST', '/v1/events', { ...example('event.json'), id: 'evt-again' })
  const messages = await waitFor(async () => {
    const page = await get(`/v1/messages?flow=${flow}&member=m-1&limit=10`)
    expect(page.items).toHaveLength(3)
    return page.items
  })
  expect(messages[0]).toMatchObject({ node: 'congrats', channel: 'sms' })
})

test('what Temporal has recorded of all this holds no member, no address and no data', async () => {
  const connection = await Connection.connect({ address: installation.temporalAddress })
  const { workflow } = new Client({ connection })
  const texts: string[] = []
  for await (const { workflowId, runId } of workflow.list()) {
    texts.push(historyToJSON(await workflow.getHandle(workflowId, runId).fetchHistory()))
  }
  await connection.close()
  expect(texts.length).toBeGreaterThan(3)
  // A worker's identity is its process and host, whatever they are called.
  const told = texts.join().replaceAll(/"identity": ?"[^"]*"/g, '')
  const payloads = [...told.matchAll(/"data": ?"([^"]+)"/g)].map(([, data = '']) =>
    Buffer.from(data, 'base64'),
  )
  expect(payloads.length).toBeGreaterThan(3)
  for (const text of [told.replaceAll(/"data": ?"[^"]+"/g, ''), payloads.join()]) {
    expect(text).not.toMatch(/\bm-(1|3|redeems)\b|Ana|Chlo|ana@|members\.example|\+?34600|BIKE|Bicycle|evt-/)
  }
})
