import { openDb } from '../../db/pool.ts'
import { drawing, send } from '../engine/drawing.ts'
import { startInstallation, type Installation } from '../support/installation.ts'
import { startSinkProcess } from '../support/smtp-sink-process.ts'
import { crowd } from './crowd.ts'
import { launchAll, publish, untilEnded } from './everybody.ts'
import type { Figure } from './figures.ts'
import { peakMemory } from './peak-memory.ts'
import { postfixRate } from './postfix.ts'
import { connectSimulators } from './world.ts'

const MEMBERS = 100_000
const BYTES = 5_000

/** A launch of personalised mails with the whole ledger, without and with links that are counted. */
export async function mails(): Promise<Figure[]> {
  const postfix = await postfixRate({ mails: MEMBERS, bytes: BYTES, connections: 20 })
  const limit =
    postfix === undefined ? {} : { limit: { value: postfix, of: "Postfix's smtp-source to smtp-sink" } }
  const name = `${MEMBERS.toLocaleString('en')} mails of 5 KB`
  const plain = await sendAll(0)
  const linked = await sendAll(5)
  return [
    { name: `${name}, no links`, value: plain.rate, unit: '/s', aim: '≥ 55 %', ...limit },
    { name: `${name}, five counted links`, value: linked.rate, unit: '/s', aim: '≥ 45 %', ...limit },
    { name: `${name}: worker at its largest`, value: linked.memory, unit: 'MB', aim: '< 400 MB' },
  ]
}

async function sendAll(links: number): Promise<{ rate: number; memory: number }> {
  const sink = await startSinkProcess()
  const installation = await startInstallation()
  const db = openDb({ url: installation.databaseUrl, max: 2, name: 'bench' })
  try {
    const workspace = await connectSimulators(installation, db)
    await crowd(db, { workspace, members: MEMBERS })
    const flow = await prepare(installation, { port: sink.port, links })
    const started = performance.now()
    await launchAll(installation, flow)
    await untilEnded(installation, flow, MEMBERS)
    const seconds = (performance.now() - started) / 1_000
    const taken = (await sink.arrivals()).length
    if (taken !== MEMBERS) throw new Error(`${taken} mails came of ${MEMBERS}.`)
    return { rate: MEMBERS / seconds, memory: peakMemory(installation.pid('worker')) }
  } finally {
    await db.close()
    await installation.stop()
    await sink.stop()
  }
}

async function prepare(
  installation: Installation,
  { port, links }: { port: number; links: number },
): Promise<string> {
  const { api } = installation
  const from = { name: 'Fanfare', address: 'news@fanfare.example' }
  await api.send('PUT', '/v1/channels/email', { transport: 'smtp', host: '127.0.0.1', port, from })
  const content = { email: { en: { subject: 'News for {{ member.name }}', html: html(links) } } }
  await api.send('PUT', '/v1/templates/news', { name: 'News', defaultLocale: 'en', content })
  const nodes = { mail: send('fixed', ['email']) }
  return publish(
    installation,
    drawing(nodes, { on: { launch: true }, settings: { purpose: 'transactional' } }),
  )
}

/** So many bytes of paragraphs; the name is in some of them. */
function html(links: number): string {
  const anchors = Array.from(
    { length: links },
    (_, n) => `<a href="https://shop.example/offer/${n}">Offer ${n}</a>`,
  )
  const paragraph =
    '<p style="margin:0 0 16px">It is a fine day for a walk, {{ member.name }}, and the shops are open.</p>'
  const text = paragraph.repeat(Math.ceil(BYTES / paragraph.length))
  return `<html><body><h1>Hello {{ member.name }}</h1>${text}${anchors.join(' ')}</body></html>`
}
