import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { readServiceEnv } from '../../server/env.ts'
import { ROOT, textOf } from '../support/source-files.ts'

const Service = z.object({
  image: z.string(),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).optional(),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).optional(),
  healthcheck: z.object({ test: z.array(z.string()) }).optional(),
})
const Compose = z.object({ services: z.record(z.string(), Service) })
const { services } = Compose.parse(parse(textOf('docker-compose.yml'), { merge: true }))
const ours = Object.entries(services).filter(([, { image }]) => image === 'fanfare')

/** What a person has to set, as `docker compose` would fill it in. */
const SET = { POSTGRES_PASSWORD: 'letters1', FANFARE_SECRET: 's'.repeat(48), FANFARE_API_KEY: 'k'.repeat(32) }
const hasDocker = spawnSync('docker', ['compose', 'version']).status === 0

test('every one of our services runs a process entry that exists', () => {
  expect(ours.map(([name]) => name)).toEqual(['migrate', 'worker', 'api'])
  for (const [, { command }] of ours) expect(existsSync(join(ROOT, command?.[1] ?? 'none'))).toBe(true)
})

test.each(ours)(
  '%s is given variables that the environment schema knows, and they load',
  (_name, service) => {
    const given = Object.entries(service.environment ?? {})
    const unknown = given.filter(([name]) => !textOf('server/env.ts').includes(`  ${name}:`))
    expect(unknown).toEqual([])
    const env = readServiceEnv(Object.fromEntries(given.map(([name, value]) => [name, filledIn(value)])))
    expect(env.production).toBe(true)
  },
)

test('no secret has a default', () => {
  for (const name of Object.keys(SET)) {
    expect(textOf('docker-compose.yml')).not.toMatch(new RegExp(`\\$\\{${name}(:-[^}]*)?\\}`))
  }
})

test('whatever others wait to be healthy has a health check', () => {
  const awaited = Object.values(services).flatMap(({ depends_on }) =>
    Object.entries(depends_on ?? {}).filter(([, { condition }]) => condition === 'service_healthy'),
  )
  for (const [name] of awaited) expect(services[name]?.healthcheck).toBeDefined()
})

test('the image holds every folder our process entries import', () => {
  for (const room of ['flow', 'db', 'workflows', 'activities', 'server']) {
    expect(textOf('Dockerfile')).toContain(`COPY ${room} ${room}`)
    expect(textOf('.dockerignore')).toContain(`!${room}`)
  }
})

test.skipIf(!hasDocker)('docker compose takes the file (skipped where the client is missing)', () => {
  const config = execFileSync('docker', ['compose', 'config', '--quiet'], {
    cwd: ROOT,
    env: { ...process.env, ...SET },
    encoding: 'utf8',
  })
  expect(config).toBe('')
})

function filledIn(value: string): string {
  return value.replaceAll(
    /\$\{(\w+)(?::[-?]([^}]*))?\}/g,
    (_match, name: string, otherwise = '') => (name in SET ? SET[name as keyof typeof SET] : otherwise), // just looked up
  )
}
