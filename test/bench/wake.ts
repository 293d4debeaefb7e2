import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { z } from 'zod'
import { openSmtp } from '../../activities/channels/smtp.ts'
import { mailSettings, outgoing } from '../channels/messages.ts'
import { drawing, send } from '../engine/drawing.ts'
import { startInstallation, type Installation } from '../support/installation.ts'
import { startSinkProcess, type SinkProcess } from '../support/smtp-sink-process.ts'
import type { Figure } from './figures.ts'

const MEMBERS = 50_000
const LIMIT_SAMPLE = 10_000
/** Time for everybody to enter and come to rest. */
const AHEAD = 90_000

/** Members who all rest until one instant, until the mail server has the first mail, and the last. */
export async function wake(): Promise<Figure[]> {
  const sink = await startSinkProcess()
  const installation = await startInstallation()
  try {
    const limit = await bareTransport(sink)
    await sink.reset()
    const at = Math.ceil((Date.now() + AHEAD) / 1_000) * 1_000
    const flow = await prepare(installation, { sink, at })
    await untilAllRest(installation, { flow, at })
    const { first, last } = await mailed(sink)
    const of = { value: limit, of: 'the transport alone' }
    return [
      { name: `${MEMBERS} woken at once: first mail`, value: first - at, unit: 'ms', aim: '≤ 3,000 ms' },
      { name: `${MEMBERS} woken at once: last mail`, value: last - at, unit: 'ms' },
      {
        name: `${MEMBERS} woken at once: rate`,
        value: (MEMBERS * 1_000) / (last - first),
        unit: 'mails/s',
        limit: of,
      },
    ]
  } finally {
    await installation.stop()
    await sink.stop()
  }
}

/** Mails a second through the adapter and nothing else. */
async function bareTransport(sink: SinkProcess): Promise<number> {
  const transport = openSmtp(mailSettings(sink.port))
  const started = performance.now()
  const messages = Array.from({ length: LIMIT_SAMPLE }, (_, n) =>
    outgoing({ to: `bare-${n}@members.example` }),
  )
  await Promise.all(messages.map((message) => transport.send(message)))
  const rate = (LIMIT_SAMPLE * 1_000) / (performance.now() - started)
  await transport.close()
  return rate
}

const created = z.object({ id: z.string() })

/** Everybody is launched into a flow in which they rest until the same instant; answers the flow. */
async function prepare(
  { api, base, key, databaseUrl }: Installation,
  { sink, at }: { sink: SinkProcess; at: number },
): Promise<string> {
  const from = { name: 'Fanfare', address: 'news@fanfare.example' }
  await api.send('PUT', '/v1/channels/email', { transport: 'smtp', host: '127.0.0.1', port: sink.port, from })
  const content = { email: { en: { subject: 'Now', html: '<p>Good morning, {{ member.name }}</p>' } } }
  await api.send('PUT', '/v1/templates/news', { name: 'News', defaultLocale: 'en', content })
  const nodes = { rest: { kind: 'wait', for: { date: 'wake' } }, mail: send('fixed', ['email']) }
  const { id } = created.parse(await api.send('POST', '/v1/flows', drawing(nodes, { on: { launch: true } })))
  await api.send('POST', `/v1/flows/${id}/publish`, {})
  await crowd(databaseUrl, at)
  const headers = {
    authorization: `Bearer ${key}`,
    'content-type': 'application/json',
    'idempotency-key': 'wake',
  }
  const body = JSON.stringify({ audience: { all: [] } })
  const answer = await fetch(`${base}/v1/flows/${id}/launch`, { method: 'POST', headers, body })
  if (answer.status !== 202) throw new Error(`The launch answered ${answer.status}: ${await answer.text()}`)
  return id
}

/** Straight into the tables: how fast members come in is not the question here. */
async function crowd(databaseUrl: string, at: number): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  await client.query(`select set_config('app.workspace', '1', false)`)
  await client.query(
    `insert into member (workspace, external_id, locale, attributes)
     select 1, 'bench-' || n, 'en', jsonb_build_object('name', 'Ana', 'wake', $1::text) from generate_series(1, ${MEMBERS}) n`,
    [new Date(at).toISOString()],
  )
  await client.query(
    `insert into address (workspace, member, kind, value, digest)
     select 1, id, 'email', external_id || '@members.example', sha256(external_id::bytea) from member`,
  )
  await client.query(
    `insert into consent_state (workspace, member, topic, channel, state, source, at)
     select 1, id, 'prizes', 'email', 'granted', 'bench', now() from member`,
  )
  await client.end()
}

const stats = z.object({ resting: z.int() })

async function untilAllRest(
  { api }: Installation,
  { flow, at }: { flow: string; at: number },
): Promise<void> {
  for (;;) {
    const { resting } = stats.parse(await api.get(`/v1/flows/${flow}/stats`))
    if (resting === MEMBERS) return
    if (Date.now() > at)
      throw new Error(`Only ${resting} were at rest when they were to wake. Give them longer.`)
    await pause(200)
  }
}

async function mailed(sink: SinkProcess): Promise<{ first: number; last: number }> {
  for (;;) {
    const times = (await sink.arrivals()).map((one) => one.at).toSorted((a, b) => a - b)
    const [first = 0] = times
    if (times.length >= MEMBERS) return { first, last: times[MEMBERS - 1] ?? 0 }
    await pause(1_000)
  }
}
