import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { endLeftovers, readPid } from '../../server/start/leftovers.ts'
import { ROOT } from '../support/source-files.ts'
import { tempFolder } from '../support/temp-folder.ts'

const LONG = 90_000
const home = tempFolder('whole')
let run: Run

beforeAll(async () => {
  run = await start()
}, LONG)
afterAll(() => endLeftovers(home))

test('it says where it serves, where the key is and that nothing leaves this machine', () => {
  expect(run.said()).toMatch(/Fanfare is ready: http:\/\/127\.0\.0\.1:\d+/)
  expect(run.said()).toContain('api-key')
  expect(run.said()).toContain('Simulator: nothing leaves this machine.')
})

test('the secret and the key are for their owner’s eyes only', () => {
  for (const file of ['secret', 'api-key', 'postgres.password']) {
    expect(statSync(join(home, file)).mode & 0o077).toBe(0)
  }
})

test('the key opens the API, and the demo is there', async () => {
  expect(await run.get('/v1/members?q=demo-1997')).toMatchObject({
    items: [{ attributes: { tester: false } }],
  })
  expect(await run.get('/v1/members?q=demo-1998')).toEqual({ items: [], next: null })
  const flows = await run.get('/v1/flows')
  expect(flows.items.length).toBe(8)
  expect(flows.items[0]).toMatchObject({ name: 'Winner congrats', state: 'live' })
  for (const name of ['Welcome', 'Order updates'])
    expect(flows.items).toContainEqual(expect.objectContaining({ name, state: 'live' }))
})

test('nothing is missing from the flows of the demo, and nothing in them is doubtful', async () => {
  const { items } = await run.get('/v1/flows')
  for (const { id } of items as { id: string }[])
    expect(await run.get(`/v1/flows/${id}`)).toMatchObject({ problems: [] })
})

test.each(['api', 'worker', 'temporal', 'postgres'])(
  'a killed %s comes back by itself',
  async (name) => {
    const before = readPid(join(home, `${name}.pid`))!
    process.kill(before, 'SIGKILL')
    const after = await vi.waitUntil(() => other(readPid(join(home, `${name}.pid`)), before), {
      timeout: LONG,
    })
    expect(after).not.toBe(before)
    await vi.waitUntil(() => run.ready(), { timeout: LONG, interval: 200 })
  },
  LONG,
)

test(
  'a signal ends everything it started, and a second start goes on with the same data',
  async () => {
    const key = readFileSync(join(home, 'api-key'), 'utf8')
    expect(await run.stop()).toBe(0)
    expect(readdirSync(home).filter((file) => /\.(pid|lock)$/.test(file))).toEqual([])
    run = await start()
    expect(readFileSync(join(home, 'api-key'), 'utf8')).toBe(key)
    expect((await run.get('/v1/flows')).items.length).toBe(8)
    expect(await run.stop()).toBe(0)
  },
  LONG,
)

type Run = Awaited<ReturnType<typeof start>>

async function start() {
  const env = { ...process.env, FANFARE_HOME: home, PORT: '0' }
  for (const unset of ['DATABASE_URL', 'TEMPORAL_ADDRESS', 'FANFARE_API_KEY', 'FANFARE_DEMO'])
    Reflect.deleteProperty(env, unset)
  const child = spawn(process.execPath, [join(ROOT, 'server', 'start.ts')], { env })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += String(text)))
  await vi.waitUntil(() => said.includes('Ctrl-C stops it') || hasEnded(child, said), { timeout: LONG })
  const base = /ready: (http:\S+)/.exec(said)?.[1] ?? ''
  const authorization = `Bearer ${readFileSync(join(home, 'api-key'), 'utf8').trim()}`
  return {
    said: () => said,
    async get(path: string): Promise<{ items: unknown[] }> {
      const answer = await fetch(base + path, { headers: { authorization } })
      return (await answer.json()) as { items: unknown[] } // a list; the assertions look closer
    },
    ready: () =>
      fetch(`${base}/readyz`).then(
        ({ status }) => status === 200,
        () => false,
      ),
    async stop(): Promise<number | null> {
      child.kill('SIGTERM')
      await once(child, 'exit')
      return child.exitCode
    },
  }
}

function hasEnded(child: ChildProcess, said: string): never | false {
  if (child.exitCode !== null) throw new Error(`The start ended: ${said}`)
  return false
}

function other(pid: number | undefined, than: number): number | undefined {
  return pid === than ? undefined : pid
}
