import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readToken, signToken } from '../../activities/render/token.ts'
import { tokenKeys } from '../../activities/render/token-keys.ts'
import { houseOn, type House } from '../members/house.ts'
import { openLedger, type Ledger } from '../members/ledger.ts'
import { startServer, type TestServer } from '../server/start-server.ts'

const SECRET = 'another secret of a test, thirty-two characters'
const keys = tokenKeys(SECRET)

let server: TestServer
let house: House
let ledger: Ledger
beforeAll(async () => {
  server = await startServer({ FANFARE_SECRET: SECRET })
  house = houseOn(server)
  ledger = await openLedger(house)
})
afterAll(() => server.close())

/** What a mail program or browser without scripts does: no key, no cookie, a form as it stands. */
const open = (path: string, headers = {}) => server.call('GET', path, { key: null, headers })
const submit = (path: string, form: Record<string, string | string[]>) => {
  const pairs = Object.entries(form).flatMap(([name, value]) =>
    [value].flat().map((one): [string, string] => [name, one]),
  )
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  return server.call('POST', path, { key: null, raw: new URLSearchParams(pairs).toString(), headers })
}
const ONE_CLICK = { 'List-Unsubscribe': 'One-Click' }

async function someone(externalId: string, more = {}) {
  const consents = ['email', 'sms'].map((channel) => ({
    topic: 'prizes',
    channel,
    state: 'granted',
    source: 'form',
  }))
  await house.put({
    externalId,
    email: `${externalId}@x.example`,
    phone: '+34600000123',
    attributes: { name: 'Ana' },
    consents,
    ...more,
  })
  const message = await ledger.message({ member: externalId })
  const [row] = await house.rows<{ id: number }>('select id from member where external_id = $1', [externalId])
  const of = { workspace: house.workspace, message: message.id }
  return {
    message,
    u: `/u/${signToken(keys, 'unsubscribe', of)}`,
    o: `/o/${signToken(keys, 'open', of)}`,
    v: `/v/${signToken(keys, 'view', of)}`,
    c: (link: number) => `/c/${signToken(keys, 'click', { ...of, link })}`,
    p: `/p/${signToken(keys, 'preferences', { workspace: house.workspace, member: row?.id ?? 0 })}`,
    consents: async () =>
      Object.fromEntries(
        ((await house.member(externalId))?.consents ?? []).map((one) => [
          `${one.topic} ${one.channel}`,
          one.state,
        ]),
      ),
  }
}

test('one click revokes that topic on that channel; again is fine, and no cookie or redirect is involved', async () => {
  const ana = await someone('click-1')
  const pending = await ledger.message({ member: 'click-1', status: 'pending' })
  const answer = await submit(ana.u, ONE_CLICK)
  expect(answer.status).toBe(200)
  expect(answer.headers.get('set-cookie')).toBeNull()
  expect(await ana.consents()).toEqual({ 'prizes email': 'revoked', 'prizes sms': 'granted' })
  const [row] = await house.rows('select status from message where id = $1', [pending.id])
  expect(row).toEqual({ status: 'failed' })
  expect((await submit(ana.u, ONE_CLICK)).status).toBe(200)
  expect(await house.rows(`select from consent where source = 'unsubscribe link'`)).toHaveLength(1)
})

test('a GET never changes consent, however often it comes', async () => {
  const ana = await someone('get-1')
  for (const path of [ana.u, ana.p, ana.v, ana.c(0), ana.o]) {
    await open(path)
    await fetch(server.base + path, { method: 'HEAD', redirect: 'manual' })
  }
  expect(await ana.consents()).toEqual({ 'prizes email': 'granted', 'prizes sms': 'granted' })
})

test('the page asks first, in the language of the member', async () => {
  const ana = await someone('ask-1', { locale: 'es-MX' })
  const { text, headers } = await open(ana.u)
  expect(text).toContain('<html lang="es">')
  expect(text).toContain('<form method="post">')
  expect(headers.get('referrer-policy')).toBe('no-referrer')
  expect(headers.get('cache-control')).toContain('no-store')
  expect(headers.get('content-security-policy')).toMatch(/default-src 'none'.*frame-ancestors 'none'/)
  expect(text).not.toMatch(/<script|style=|src=/)
})

test('unsubscribing from a message without a topic is a STOP on its channel', async () => {
  await house.put({ externalId: 'plain', email: 'plain@x.example' })
  const { id } = await ledger.message({ member: 'plain', purpose: 'transactional' })
  await submit(`/u/${signToken(keys, 'unsubscribe', { workspace: house.workspace, message: id })}`, ONE_CLICK)
  expect((await house.member('plain'))?.consents).toMatchObject([
    { topic: '*', channel: 'email', state: 'revoked' },
  ])
})

test('a forged token, one of another purpose, and one of another workspace open nothing', async () => {
  const ana = await someone('forged-1')
  const token = ana.u.slice(3)
  const alien = { workspace: house.workspace + 1, message: ana.message.id, member: 1, link: 0 }
  const wrong = [
    `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`,
    'nonsense',
    ana.o.slice(3),
    ana.p.slice(3),
  ]
  for (const one of [...wrong, signToken(keys, 'unsubscribe', alien)]) {
    expect((await submit(`/u/${one}`, ONE_CLICK)).status).toBe(404)
    expect((await open(`/u/${one}`)).status).toBe(404)
  }
  for (const path of [`/c/${token}`, `/v/${token}`, `/p/${token}`])
    expect((await open(path)).status).toBe(404)
  expect((await open(`/p/${signToken(keys, 'preferences', alien)}`)).status).toBe(410)
  expect((await open(`/c/${signToken(keys, 'click', alien)}`)).status).toBe(410)
  expect(await ana.consents()).toEqual({ 'prizes email': 'granted', 'prizes sms': 'granted' })
})

test('the tokens in a message lead to these pages', async () => {
  const ana = await someone('tokens-1')
  const { html } = (await server.call('GET', `/v1/messages/${ana.message.edge}`)).body.content
  const token = /\/u\/(v2\.[\w.-]+)/.exec(html)?.[1] ?? ''
  expect(readToken(keys, 'unsubscribe', token)).toEqual({
    workspace: house.workspace,
    message: ana.message.id,
  })
  const clicked = /href="([^"]+\/c\/[^"]+)"/.exec(html)?.[1] ?? ''
  const answer = await open(new URL(clicked).pathname)
  expect(answer).toMatchObject({ status: 302 })
  expect(answer.headers.get('location')).toBe('https://shop.example/prize?a=1&b=2')
})

test('a click leads only to a link of the message, and is recorded once a minute', async () => {
  const ana = await someone('link-1')
  await open(ana.c(0))
  await open(`${ana.c(0)}?url=https://evil.example/`)
  expect((await open(ana.c(7))).status).toBe(410)
  const receipts = await house.rows<{ data: unknown }>('select data from receipt where message = $1', [
    ana.message.id,
  ])
  expect(receipts.length).toBeLessThanOrEqual(2) // two when the minute changed between them
  expect(receipts[0]).toEqual({ data: { url: 'https://shop.example/prize?a=1&b=2' } })
})

test('the pixel is always a picture, and counts for a genuine token', async () => {
  const ana = await someone('pixel-1')
  for (const path of [ana.o, '/o/nonsense', `/o/${ana.u.slice(3)}`]) {
    const { status, headers } = await open(path)
    expect(status).toBe(200)
    expect(headers.get('content-type')).toBe('image/gif')
    expect(headers.get('cache-control')).toContain('no-store')
  }
  const [row] = await house.rows<{ opened_at: Date }>('select opened_at from message where id = $1', [
    ana.message.id,
  ])
  expect(row?.opened_at).toBeInstanceOf(Date)
})

test('a message in the browser is shut in: nothing of it runs', async () => {
  const ana = await someone('view-1')
  const { text, headers } = await open(ana.v)
  expect(text).toContain('Hello Ana')
  expect(headers.get('content-security-policy')).toMatch(/default-src 'none'.*sandbox/)
})

test('links of an erased member end at a friendly page, and unsubscribing still succeeds', async () => {
  const ana = await someone('erased-1')
  await server.call('DELETE', '/v1/members/erased-1')
  for (const path of [ana.c(0), ana.v, ana.p]) {
    const { status, text } = await open(path)
    expect(status).toBe(410)
    expect(text).toContain('<h1>')
  }
  expect((await submit(ana.u, ONE_CLICK)).status).toBe(200)
  expect((await open(ana.o)).status).toBe(200)
})

const pair = (topic: string, channel: string) => JSON.stringify([topic, channel])

test('the preference page shows the channels that reach the member, without telling their addresses', async () => {
  const ana = await someone('page-1')
  const { text } = await open(ana.p)
  for (const word of ['Email', 'SMS', 'WhatsApp', 'Prizes']) expect(text).toContain(word)
  expect(text).not.toContain('Telegram')
  expect(text).not.toContain('page-1@x.example')
  expect(text).not.toContain('+34600000123')
  expect(text).not.toMatch(/<script|style="/)
})

test('a saved form stores what the member changed and nothing else, with its wording', async () => {
  const ana = await someone('form-1')
  const email = pair('prizes', 'email')
  const sms = pair('prizes', 'sms')
  const whatsapp = pair('prizes', 'whatsapp')
  await house.put({
    externalId: 'form-1',
    consents: [{ topic: 'prizes', channel: 'sms', state: 'revoked', source: 'reply' }],
  })
  // The page was open before the STOP by SMS: what it still showed as on does not undo it.
  const form = {
    'was-on': [email, sms],
    'was-off': whatsapp,
    on: [sms, whatsapp, pair('prizes', 'pigeon'), pair('made-up', 'email')],
  }
  const { status, text } = await submit(ana.p, form)
  expect(status).toBe(200)
  expect(text).toContain('Saved')
  expect(await ana.consents()).toEqual({
    'prizes email': 'revoked',
    'prizes sms': 'revoked',
    'prizes whatsapp': 'granted',
  })
  const words = await house.rows(`select channel, wording from consent c join member m on m.id = c.member
    where m.external_id = 'form-1' and source = 'preference page' order by channel`)
  expect(words).toEqual([
    { channel: 'email', wording: 'What you get, and where: prizes, Email' },
    { channel: 'whatsapp', wording: 'What you get, and where: prizes, WhatsApp' },
  ])
})

test('the order of channels moves by one, again is the same, and is logged', async () => {
  const ana = await someone('move-1', { preferredChannels: ['email', 'sms'] })
  const form = { order: 'email sms whatsapp voice', move: 'sms up' }
  await submit(ana.p, form)
  await submit(ana.p, form)
  expect((await house.member('move-1'))?.preferredChannels.slice(0, 2)).toEqual(['sms', 'email'])
  await submit(ana.p, { order: 'sms email', move: 'telegram up' })
  expect((await house.member('move-1'))?.preferredChannels.slice(0, 2)).toEqual(['sms', 'email'])
  const log = await house.rows(`select source from preference_change p join member m on m.id = p.member
    where m.external_id = 'move-1' order by p.id`)
  expect(log).toEqual([{ source: 'api' }, { source: 'preference page' }])
})

test('pausing everything stops each channel and keeps the topics; going on brings them back', async () => {
  const ana = await someone('pause-1')
  await submit(ana.p, { act: 'pause' })
  const paused = await ana.consents()
  expect(paused).toMatchObject({
    '* email': 'revoked',
    '* sms': 'revoked',
    '* whatsapp': 'revoked',
    'prizes email': 'granted',
  })
  await submit(ana.p, { act: 'resume' })
  expect(await ana.consents()).toMatchObject({
    '* email': 'granted',
    '* sms': 'granted',
    'prizes email': 'granted',
  })
})

test('what a member or a topic is called is text on the page, never markup', async () => {
  await house.put({
    externalId: 'xss',
    consents: [{ topic: '<img src=x onerror=1>', channel: 'email', state: 'granted', source: 'f' }],
  })
  const ana = await someone('xss-1', { attributes: { name: '<script>alert(1)</script>' } })
  const { text } = await open(ana.p)
  expect(text).not.toContain('<script>')
  expect(text).not.toContain('<img')
})

test('a browser takes the style of every page: its hash is the one the policy allows', async () => {
  const { u, p, v } = await someone('styled')
  for (const path of [u, p, v]) {
    const { text, headers } = await open(path)
    const style = /<style>([^]*?)<\/style>/.exec(text)?.[1]
    if (style === undefined) continue
    const hash = createHash('sha256').update(style).digest('base64')
    expect(headers.get('content-security-policy')).toContain(`style-src 'sha256-${hash}'`)
  }
  expect((await open(u)).text).toContain('<style>')
})

test('a program that only looks where a link leads has neither clicked nor opened', async () => {
  const { message, c, o } = await someone('scanned')
  expect((await server.call('HEAD', c(0), { key: null })).status).toBe(302)
  expect((await server.call('HEAD', o, { key: null })).status).toBe(200)
  const { body } = await server.call('GET', `/v1/messages/${message.edge}`)
  expect([body.clickedAt, body.openedAt]).toEqual([null, null])
})
