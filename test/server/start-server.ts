import type { AddressInfo } from 'node:net'
import { randomBytes } from 'node:crypto'
import { readServiceEnv } from '../../server/env.ts'
import { startApi } from '../../server/api.ts'
import { freshDatabase } from '../support/fresh-database.ts'
import type { FreshDatabase } from '../support/fresh-database.ts'
import { temporalAddress } from '../support/temporal-address.ts'

export interface TestServer extends FreshDatabase {
  base: string
  key: string
  /** A request with the first key and JSON, unless `init` says otherwise. */
  call(method: string, path: string, init?: CallInit): Promise<Answer>
}

export interface CallInit {
  body?: unknown
  raw?: string | Uint8Array<ArrayBuffer>
  headers?: Record<string, string>
  key?: string | null
}

export interface Answer {
  status: number
  headers: Headers
  text: string
  // What a test expects of an answer, its assertions say.
  // oxlint-disable-next-line typescript/no-explicit-any
  body: any
}

/** The API on a database of its own, listening on loopback. `variables` go over the environment it reads. */
export async function startServer(variables: Record<string, string> = {}): Promise<TestServer> {
  const database = await freshDatabase()
  const key = `test-${randomBytes(16).toString('hex')}`
  const env = readServiceEnv({
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: temporalAddress(),
    FANFARE_SECRET: 'a secret of a test, thirty-two characters long',
    FANFARE_API_KEY: key,
    PORT: '0',
    LOG_LEVEL: 'error',
    ...variables,
  })
  const { server, close } = await startApi(env)
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}` // a TCP server's address is an object
  return {
    ...database,
    base,
    key,
    call: (method, path, init = {}) => call(`${base}${path}`, method, { key, ...init }),
    async close() {
      await close()
      await database.close()
    },
  }
}

async function call(url: string, method: string, { body, raw, headers, key }: CallInit): Promise<Answer> {
  const json = body === undefined ? {} : { 'content-type': 'application/json' }
  const response = await fetch(url, {
    method,
    headers: { ...json, ...(key && { authorization: `Bearer ${key}` }), ...headers },
    redirect: 'manual',
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(raw !== undefined && { body: raw }),
  })
  const text = await response.text()
  const isJson = /[/+]json\b/.test(response.headers.get('content-type') ?? '')
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: isJson ? JSON.parse(text) : undefined,
  }
}
