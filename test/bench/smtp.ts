import { generateKeyPairSync } from 'node:crypto'
import { signer } from '../../activities/channels/smtp/dkim.ts'
import { encryptionOf } from '../../activities/channels/smtp/encryption.ts'
import { openSession } from '../../activities/channels/smtp/session.ts'
import { type Sessions, sessionsOf } from '../../activities/channels/smtp/sessions.ts'
import { mailSettings } from '../channels/messages.ts'
import { startSinkProcess } from '../support/smtp-sink-process.ts'
import type { Figure } from './figures.ts'
import { postfixRate } from './postfix.ts'

const MAILS = 30_000
const SIGNED = 6_000
const CONNECTIONS = 20
const AT_ONCE = 4 * CONNECTIONS
const BYTES = 5 * 1_024

interface Way {
  name: string
  mails: number
  /** Arguments of the counting server. */
  sink?: string[]
  sign?: (raw: Buffer) => Promise<Buffer>
  aim?: string
}

/** Ready mails of 5 KB over the connections to a mail server in another process, and nothing else. */
export async function smtp(): Promise<Figure[]> {
  const postfix = await postfixRate({ mails: MAILS, bytes: BYTES, connections: CONNECTIONS })
  const limit = postfix === undefined ? {} : { limit: { value: postfix, of: 'smtp-source → smtp-sink' } }
  const ways: Way[] = [
    { name: 'pipelined', mails: MAILS, aim: '≥ 15,000 /s' },
    { name: 'in lockstep', mails: MAILS / 2, sink: ['--no-pipelining'] },
    { name: 'with TLS', mails: MAILS, sink: ['--tls'] },
    { name: 'signed with RSA-2048', mails: SIGNED, sign: signedBy('rsa') },
    { name: 'signed with Ed25519', mails: SIGNED, sign: signedBy('ed25519') },
  ]
  const figures: Figure[] = []
  for (const way of ways) {
    const { rate, cpuMs } = await measure(way)
    const name = `mails of 5 KB ${way.name}`
    const aim = way.aim === undefined ? {} : { aim: way.aim }
    figures.push({ name, value: rate, unit: '/s', ...limit, ...aim })
    figures.push({
      name: `${name}: CPU each`,
      value: cpuMs * 1_000,
      unit: 'µs',
      ...(way.aim ? { aim: '≤ 60 µs' } : {}),
    })
  }
  if (postfix === undefined)
    figures.push({ name: 'smtp-source is not here: no limit measured', value: 0, unit: '/s' })
  return figures
}

async function measure({ mails, sink: args, sign }: Way): Promise<{ rate: number; cpuMs: number }> {
  const sink = await startSinkProcess(args)
  const settings = mailSettings(sink.port, args?.includes('--tls') ? { secure: true } : {})
  const timeouts = { connect: 10_000, greeting: 10_000, reply: 60_000, send: 120_000 }
  const target = { ...settings, encryption: encryptionOf(settings), timeouts }
  const sessions = sessionsOf((feed) => openSession(target, feed), CONNECTIONS)
  try {
    await carry(sessions, { mails: mails / 10, sign }) // connections open, code warm
    const cpu = process.cpuUsage()
    const started = performance.now()
    await carry(sessions, { mails, sign })
    const seconds = (performance.now() - started) / 1_000
    const { user, system } = process.cpuUsage(cpu)
    return { rate: mails / seconds, cpuMs: (user + system) / 1_000 / mails }
  } finally {
    await sessions.close()
    await sink.stop()
  }
}

async function carry(sessions: Sessions, { mails, sign }: Pick<Way, 'mails' | 'sign'>): Promise<void> {
  let n = 0
  const oneAfterAnother = async (): Promise<void> => {
    while (n < mails) {
      n += 1
      const to = `m${n}@members.example`
      const raw = sign ? await sign(RAW) : RAW
      const handed = await sessions.carry({ from: 'news@fanfare.example', to, international: false, raw })
      if ('fault' in handed) throw handed.fault.error
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, oneAfterAnother))
}

const HEAD = [
  'From: Fanfare <news@fanfare.example>',
  'To: Ada <ada@members.example>',
  'Subject: You have won',
  'Message-ID: <msg_1@fanfare.example>',
  'Date: Sat, 21 Nov 2026 09:00:00 +0000',
  'MIME-Version: 1.0',
  'Content-Type: text/html; charset=utf-8',
  'Content-Transfer-Encoding: quoted-printable',
  '',
  '',
].join('\r\n')
const LINE = `${'Words in a line of a mail. '.repeat(3).slice(0, 74)}\r\n`
const RAW = Buffer.from((HEAD + LINE.repeat(BYTES / LINE.length)).padEnd(BYTES - 2, '.') + '\r\n')

function signedBy(sort: 'rsa' | 'ed25519'): (raw: Buffer) => Promise<Buffer> {
  const { privateKey } =
    sort === 'rsa' ? generateKeyPairSync(sort, { modulusLength: 2_048 }) : generateKeyPairSync(sort)
  const pem = String(privateKey.export({ type: 'pkcs8', format: 'pem' }))
  return signer({ domain: 'fanfare.example', selector: 'bench', privateKey: pem })
}
