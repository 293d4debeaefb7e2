import { readFileSync } from 'node:fs'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CHANNELS } from '../../flow/channels/channel.ts'
import { startServer, type TestServer } from './start-server.ts'

let server: TestServer
let flow: string
beforeAll(async () => {
  server = await startServer()
  for (const channel of CHANNELS)
    await server.call('PUT', `/v1/channels/${channel}`, { body: { transport: 'simulator' } })
  await server.call('PUT', '/v1/templates/campaign_winner', {
    body: example('campaign_winner.template.json'),
  })
  await server.call('PUT', '/v1/members', { body: example('members.json') })
  flow = await draw(example('winner-congrats.flow.json'))
})
afterAll(() => server.close())

// oxlint-disable-next-line typescript/no-explicit-any -- examples are what callers send
const example = (name: string): any =>
  JSON.parse(readFileSync(new URL(`../../examples/${name}`, import.meta.url), 'utf8'))

async function draw(document: object): Promise<string> {
  return (await server.call('POST', '/v1/flows', { body: document })).body.id
}

const PRIZE = { prize: { name: 'Bicycle', code: 'BIKE-77', tier: 'grand' } }
const AT = '2026-11-24T10:00:00.000Z'
const dry = (body: object, of = flow) => server.call('POST', `/v1/flows/${of}/dry-run`, { body })

/** `node outcome: why` of one listed member. */
function toldOf(body: { members: { member: string; steps: Step[] }[] }, member: string): string[] {
  const steps = body.members.find((one) => one.member === member)?.steps ?? []
  return steps.map(({ node, outcome, why }) => `${node} ${outcome}: ${why}`)
}
interface Step {
  node: string
  at: string
  outcome: string
  why: string
}

test('a dry run tells for everybody what would be sent, by which channel, and why not', async () => {
  const { status, body } = await dry({ event: { data: PRIZE }, at: AT })
  expect(status).toBe(200)
  expect(body).toMatchObject({ population: 3, messages: { email: 1, sms: 2 } })
  expect(body.nodes.congrats).toEqual({ entered: 3, left: 0, exits: { next: 2, failed: 1 } })
  expect(body.nodes.redeemed).toEqual({ entered: 2, left: 0, exits: { yes: 0, no: 2 } })
  expect(toldOf(body, 'm-1')).toEqual([
    'won next: Entered the flow.',
    'grand next: In *Grand prize only* (prize tier was *grand*).',
    'congrats sent: Going out by email.',
    'congrats next: Sent by email.',
    'pause resting: Resting until 10:00 on 26 November.',
    'pause next: The wait is over.',
    'redeemed no: *Prize redeemed?* No (*PrizeRedeemed* had not happened since the entry).',
    expect.stringMatching(/^remind refused: Not sent by email: already used/),
    'remind sent: Going out by SMS.',
    'remind next: Sent by SMS.',
    'remind end: Reached the end of the flow.',
  ])
  expect(toldOf(body, 'm-3')).toContain(
    'congrats refused: Not sent by email: no consent for *prizes* by email.',
  )
})

test('messages are shown as they would be rendered, at the simulated instant', async () => {
  const { body } = await dry({ members: ['m-1'], event: { data: PRIZE }, at: AT })
  const sent = body.members[0].steps.filter((step: Step) => step.outcome === 'sent')
  expect(sent).toMatchObject([
    {
      node: 'congrats',
      at: AT,
      message: { channel: 'email', to: 'ana@members.example', subject: '🎉 ¡Has ganado, Ana!' },
    },
    { node: 'remind', at: '2026-11-26T10:00:00.000Z', message: { channel: 'sms', to: '+34600000001' } },
  ])
  expect(sent[0].message.html).toContain('<code>BIKE-77</code>')
  expect(sent[0].message.html).not.toContain(server.base)
  expect(sent[1].message.text).toContain('¡Enhorabuena Ana! Código: BIKE-77')
})

test('messages are shown as far as an answer holds them, and counted beyond that', async () => {
  const html = `{% for n in (1..9) %}${'x'.repeat(100_000)}{% endfor %}`
  const content = { email: { en: { subject: 'Long', html } } }
  await server.call('PUT', '/v1/templates/long', { body: { name: 'Long', defaultLocale: 'en', content } })
  const next = (n: number) => (n < 20 ? `send-${n}` : null)
  const sends = Array.from({ length: 20 }, (_, n) => {
    const route = { strategy: 'fixed', channels: ['email'] }
    return [next(n), { kind: 'send', template: 'long', route, exits: { next: next(n + 1), failed: null } }]
  })
  const start = { kind: 'trigger', on: { event: 'Long' }, exits: { next: next(0) } }
  const nodes = { start, ...Object.fromEntries(sends) }
  const settings = { purpose: 'transactional' }
  const of = await draw({ schema: 'fanfare.flow/1', name: 'Long', settings, start: 'start', nodes })
  const { body, text } = await dry({ members: ['m-1'] }, of)
  const sent = body.members[0].steps.filter((step: Step) => step.outcome === 'sent')
  expect(body.messages).toEqual({ email: 20 })
  expect(sent[0].message.html).toHaveLength(900_000)
  expect(sent.at(-1).message).toEqual({ channel: 'email', to: 'ana@members.example' })
  expect(text.length).toBeLessThan(17_000_000)
})

test('replies change the way from their moment on', async () => {
  const replies = [
    { member: 'm-1', event: { type: 'PrizeRedeemed' }, after: 'PT20H' },
    { member: 'm-2', receipt: { node: 'congrats', channel: 'sms', status: 'failed' }, after: 'PT0S' },
  ]
  const { body } = await dry({ event: { data: PRIZE }, at: AT, replies })
  expect(toldOf(body, 'm-1').slice(-2)).toEqual([
    'redeemed yes: *Prize redeemed?* Yes (*PrizeRedeemed* happened once since the entry).',
    'redeemed end: Reached the end of the flow.',
  ])
  expect(toldOf(body, 'm-2')).toContainEqual(
    expect.stringMatching(/^congrats failed: .*the provider could not deliver it/),
  )
})

test('a member whom an audience refuses counts', async () => {
  const silver = { prize: { ...PRIZE.prize, tier: 'silver' } }
  const { body } = await dry({ members: ['m-1', 'm-2', 'm-1'], event: { data: silver } })
  expect(body).toMatchObject({ population: 2, messages: {} })
  expect(body.nodes.grand).toEqual({ entered: 2, left: 2, exits: { next: 0 } })
  expect(body.members.map((one: { member: string }) => one.member)).toEqual(['m-1', 'm-2'])
  expect(toldOf(body, 'm-1').at(-1)).toBe(
    'grand left: Left: not in *Grand prize only* (prize tier was *silver*).',
  )
})

test('an audience is named by its key or written in place; the limit is for listed members only', async () => {
  await server.call('PUT', '/v1/audiences/gold', {
    body: { name: 'Gold', where: { field: 'member.tier', op: 'eq', value: 'gold' } },
  })
  expect((await dry({ audience: 'gold' })).body.population).toBe(1)
  const tiered = { field: 'member.tier', op: 'exists' }
  const { body } = await dry({ audience: tiered, limit: 1 })
  expect(body.population).toBe(2)
  expect(body.members).toHaveLength(1)
})

test('without an event one that fits is taken to have come, and the first step says so', async () => {
  const { body } = await dry({ members: ['m-1'] })
  expect(toldOf(body, 'm-1')[0]).toContain('no event was given')
})

test('whoever is not there, and whatever no send makes, is told at its place', async () => {
  const replies = [
    { member: 'nobody', receipt: { node: 'pause', channel: 'sms', status: 'read' }, after: 'PT1H' },
  ]
  const { status, body } = await dry({ members: ['m-1', 'who'], replies })
  expect(status).toBe(422)
  expect(body.issues.map((issue: { path: string; code: string }) => `${issue.path} ${issue.code}`)).toEqual([
    'replies[0].receipt.node unknown-node',
    'members[1] unknown-member',
    'replies[0].member unknown-member',
  ])
})

test.each<[string, object, { path: string; code: string }]>([
  [
    'both members and an audience',
    { members: ['m-1'], audience: 'gold' },
    { path: 'audience', code: 'members-or-audience' },
  ],
  ['an audience that is not there', { audience: 'platinum' }, { path: 'audience', code: 'unknown-audience' }],
  [
    'an audience that needs a journey',
    { audience: { message: { status: 'sent' } } },
    { path: 'audience', code: 'needs-a-journey' },
  ],
  [
    'a reply that says nothing',
    { replies: [{ member: 'm-1', after: 'PT1H' }] },
    { path: 'replies[0]', code: 'one-of' },
  ],
  [
    'more members than a thousand',
    { members: Array(1_001).fill('m-1') },
    { path: 'members', code: 'too-big' },
  ],
  ['a limit of none', { limit: 0 }, { path: 'limit', code: 'too-small' }],
  ['what it does not know', { speed: 'fast' }, { path: 'speed', code: 'unknown-property' }],
])('a dry run refuses %s', async (_, body, issue) => {
  const answer = await dry(body)
  expect(answer.status).toBe(422)
  expect(answer.body.issues).toContainEqual(expect.objectContaining(issue))
})

test('a flow that is not there is 404', async () => {
  expect((await dry({}, 'flw_zz')).status).toBe(404)
})

test('a draft with errors is played as it is, and its problems are told', async () => {
  const drawing = example('winner-congrats.flow.json')
  drawing.nodes.congrats.template = 'not-written-yet'
  drawing.nodes.congrats.exits.failed = 'pause'
  const { status, body } = await dry({ members: ['m-1'], event: { data: PRIZE } }, await draw(drawing))
  expect(status).toBe(200)
  expect(body.problems).toContainEqual(
    expect.objectContaining({ code: 'template-unknown', nodeId: 'congrats' }),
  )
  expect(toldOf(body, 'm-1')).toContain(
    'congrats refused: Not sent: template *not-written-yet* is missing or switched off.',
  )
  expect(body.nodes.pause.entered).toBe(1)
})

test('a draft that goes round in a circle cannot be played', async () => {
  const drawing = example('winner-congrats.flow.json')
  drawing.nodes.redeemed.exits.no = 'pause'
  const { status, body } = await dry({}, await draw(drawing))
  expect(status).toBe(422)
  expect(body.issues).toMatchObject([{ code: 'cycle', path: 'nodes.redeemed.exits.no' }])
})

test('nothing is stored: not a row more, not one changed', async () => {
  const before = await fingerprint()
  await dry({ event: { data: PRIZE }, replies: [{ member: 'm-1', event: { type: 'New' }, after: 'PT1H' }] })
  await dry({ audience: 'gold', at: AT })
  expect(before['member']).toMatch(/^3 /)
  expect(await fingerprint()).toEqual(before)
})

/** The content of every table in one number, as the owner of the database sees it. */
async function fingerprint(): Promise<Record<string, string>> {
  const owner = new pg.Client({ connectionString: server.url })
  await owner.connect()
  const tables = await owner.query<{ name: string }>(
    `select relname name from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace order by 1`,
  )
  const sums: Record<string, string> = {}
  // A key is noted when it is used, which is what asks here.
  for (const { name } of tables.rows.filter((table) => table.name !== 'api_key')) {
    const sum = await owner.query(
      `select count(*) || ' ' || coalesce(sum(hashtext(t::text)), 0) of from ${name} t`,
    )
    sums[name] = sum.rows[0].of
  }
  await owner.end()
  return sums
}

test('progress is told in lines for who asks for it, and the last line is the answer', async () => {
  const { headers, text } = await server.call('POST', `/v1/flows/${flow}/dry-run`, {
    body: { event: { data: PRIZE }, at: AT },
    headers: { accept: 'application/x-ndjson' },
  })
  expect(headers.get('content-type')).toContain('application/x-ndjson')
  const lines = text.trimEnd().split('\n')
  expect(lines.slice(0, -1).map((line) => JSON.parse(line))).toEqual([{ progress: { done: 3, of: 3 } }])
  expect(JSON.parse(lines.at(-1) ?? '')).toEqual((await dry({ event: { data: PRIZE }, at: AT })).body)
})

test('a message that cannot be filled is counted as failed, whether its member is listed or not', async () => {
  const text = 'Hi {% if member.tier == "silver" %}{{ member.nick }}{% endif %}'
  const body = { name: 'Nick', defaultLocale: 'en', content: { sms: { en: { text } } } }
  await server.call('PUT', '/v1/templates/nick', { body })
  const drawing = example('winner-congrats.flow.json')
  drawing.nodes.congrats.template = 'nick'
  const of = await draw(drawing)
  for (const limit of [1, 50]) {
    const { body } = await dry({ members: ['m-1', 'm-2'], event: { data: PRIZE }, limit }, of)
    expect(body.nodes.congrats).toEqual({ entered: 2, left: 0, exits: { next: 1, failed: 1 } })
  }
})

test('a crowd is counted whole, page after page', async () => {
  await server.db.inWorkspace(server.workspace, (tx) =>
    tx.rows(
      `insert into member (workspace, external_id) select $1, 'crowd-' || n from generate_series(1, 2500) n`,
      [server.workspace],
    ),
  )
  const { text } = await server.call('POST', `/v1/flows/${flow}/dry-run`, {
    body: { event: { data: PRIZE }, at: AT },
    headers: { accept: 'application/x-ndjson' },
  })
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lines.map((line) => line.progress?.done)).toEqual([1_000, 2_000, 2_503, undefined])
  expect(lines.at(-1)).toMatchObject({
    population: 2_503,
    nodes: { congrats: { entered: 2_503, left: 0, exits: { next: 2, failed: 2_501 } } },
  })
  expect(lines.at(-1).members).toHaveLength(50)
})
