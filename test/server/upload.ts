import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { vi } from 'vitest'
import type { Answer, TestServer } from './start-server.ts'

export interface Upload {
  write(part: string | Buffer): Promise<void>
  /** The rest of the file has been sent: its answer. */
  end(): Promise<{ status: number | undefined; text: string }>
  /** The connection breaks off. */
  cut(): void
}

/** A file that is sent part by part. */
export function openUpload(
  { base, key }: TestServer,
  path: string,
  headers: Record<string, string> = {},
): Upload {
  const asked = request(`${base}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'text/csv', ...headers },
  })
  asked.on('error', () => {}) // a cut is what the test wants
  const answered = once(asked, 'response')
  answered.catch(() => {})
  return {
    async write(part) {
      if (!asked.write(part)) await once(asked, 'drain')
    },
    async end() {
      asked.end()
      const [response] = (await answered) as [IncomingMessage] // what the event brings
      return { status: response.statusCode, text: await text(response) }
    },
    cut: () => void asked.destroy(),
  }
}

/** The import of this file, once this holds of it. */
export async function importOf(
  server: TestServer,
  file: string,
  holds: (one: Answer['body']) => boolean = () => true,
): Promise<Answer['body']> {
  return vi.waitUntil(
    async () => {
      const { items } = (await server.call('GET', '/v1/imports')).body
      return items.find((one: { file: string }) => one.file === file && holds(one))
    },
    { timeout: 20_000, interval: 20 },
  )
}

/** The lines of a CSV file of members called `<prefix>-<n>`. */
export function membersFile(prefix: string, count: number): string {
  const rows = Array.from({ length: count }, (_, n) => `${prefix}-${n},${prefix}-${n}@x.example\n`)
  return `externalId,email\n${rows.join('')}`
}
