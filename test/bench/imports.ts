import { once } from 'node:events'
import { createReadStream, createWriteStream, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import { startInstallation, type Installation } from '../support/installation.ts'
import type { Figure } from './figures.ts'

/** `IMPORT_ROWS=1000000` measures a larger file. */
const ROWS = Number(process.env['IMPORT_ROWS'] ?? 100_000)

/** Seconds to take in a CSV file of members over HTTP, beside a COPY of the same rows into a plain table. */
export async function imports(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'fanfare-import-'))
  const installation = await startInstallation()
  try {
    const file = join(folder, 'members.csv')
    await writeMembers(file)
    const idle = megabytes(installation, 'VmRSS')
    const limit = await seconds(() => copy(installation, file))
    const first = await seconds(() => send(installation, file))
    const peak = megabytes(installation, 'VmHWM')
    const again = await seconds(() => send(installation, file))
    const rows = `${ROWS.toLocaleString('en')} members, CSV`
    const aim = ROWS === 100_000 ? { aim: '≤ 8 s' } : {}
    const beside = { value: limit, of: 'COPY of the same rows' }
    return [
      { name: `import of ${rows}`, value: first, unit: 's', limit: beside, ...aim },
      { name: '… again, nothing has changed', value: again, unit: 's', limit: beside },
      {
        name: '… memory of the API at most',
        value: peak,
        unit: 'MB',
        limit: { value: idle, of: 'before it' },
      },
    ]
  } finally {
    await installation.stop()
    rmSync(folder, { recursive: true })
  }
}

async function seconds(work: () => Promise<void>): Promise<number> {
  const began = performance.now()
  await work()
  return (performance.now() - began) / 1_000
}

async function writeMembers(file: string): Promise<void> {
  await pipeline(
    function* () {
      yield 'externalId,email,phone,locale,timeZone,preferredChannels,attributes.name,attributes.points:number\n'
      for (let n = 0; n < ROWS; n += 1) {
        const phone = `+346${String(n).padStart(8, '0')}`
        yield `imported-${n},imported-${n}@members.example,${phone},es,Europe/Madrid,email|sms,"Ana ""${n}""",${n % 1_000}\n`
      }
    },
    createWriteStream(file, { mode: 0o644 }),
  )
}

async function send({ base, key }: Installation, file: string): Promise<void> {
  const asked = request(`${base}/v1/members/import`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'text/csv',
      'content-length': statSync(file).size,
    },
  })
  const answered = once(asked, 'response')
  await pipeline(createReadStream(file), asked)
  const [response] = await answered
  const body = await text(response)
  if (response.statusCode !== 200 || !body.includes(`"accepted":${ROWS},`)) throw new Error(body)
}

/** By the server itself: no network, no client. */
async function copy({ databaseUrl }: Installation, file: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    await client.query(`create table plain (external_id text primary key, email text, phone text, locale text,
      time_zone text, preferred_channels text, name text, points int)`)
    await client.query(`copy plain from '${file}' (format csv, header)`)
  } finally {
    await client.end()
  }
}

function megabytes(installation: Installation, what: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${installation.pid('api')}/status`, 'utf8')
  return Number(new RegExp(`${what}:\\s+(\\d+)`).exec(status)?.[1]) / 1_024
}
