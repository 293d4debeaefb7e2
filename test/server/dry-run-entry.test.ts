import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer, type TestServer } from './start-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer()
  const body = [
    {
      externalId: 'ana',
      timeZone: 'Europe/Madrid',
      attributes: { birthday: '1990-12-25', renewal: '2001-01-01' },
    },
    { externalId: 'kai', timeZone: 'America/New_York', attributes: { birthday: '1984-02-29' } },
    { externalId: 'zoe' },
  ]
  await server.call('PUT', '/v1/members', { body })
})
afterAll(() => server.close())

interface Listed {
  member: string
  steps: { node: string; at: string; outcome: string; why: string }[]
}

/** When each member enters, or why they do not, and the steps after that. */
async function entries(on: object, asked: object = {}): Promise<Record<string, string[]>> {
  const leave = { event: 'Left', count: { op: '>=', n: 1 }, since: 'entry' }
  const nodes = {
    start: { kind: 'trigger', label: 'All', on, exits: { next: 'wait' } },
    wait: { kind: 'wait', for: { duration: 'P2D' }, exits: { next: null } },
  }
  const settings = { purpose: 'transactional', exitWhen: leave }
  const drawn = { schema: 'fanfare.flow/1', name: 'F', settings, start: 'start', nodes }
  const { id } = (await server.call('POST', '/v1/flows', { body: drawn })).body
  const { members } = (await server.call('POST', `/v1/flows/${id}/dry-run`, { body: asked })).body
  return Object.fromEntries(
    members.map(({ member, steps }: Listed) => [
      member,
      steps.map(({ at, outcome, why }) => (outcome === 'refused' ? why : `${at} ${outcome}`)),
    ]),
  )
}

test('a date brings each in when it next returns, on their own clock', async () => {
  const { ana, kai, zoe } = await entries({ date: { attribute: 'birthday', at: '09:30' } })
  expect(ana?.[0]).toMatch(/-12-25T08:30:00\.000Z next$/)
  expect(kai?.[0]).toMatch(/-02-2[89]T14:30:00\.000Z next$/)
  expect(Date.parse(ana![0]!.slice(0, 24))).toBeGreaterThan(Date.now())
  expect(zoe).toEqual(['Not in it: no date in *birthday*.'])
})

test('a date that does not return, and has passed, brings nobody in', async () => {
  const { ana } = await entries({ date: { attribute: 'renewal', repeat: 'never' } })
  expect(ana).toEqual(['Not in it: the date in *renewal* has passed and does not return.'])
})

test('a schedule brings all in at its next run', async () => {
  const audience = { not: { field: 'member.birthday', op: 'eq', value: 'never' } }
  const all = await entries({ schedule: { cron: '0 10 * * 1', timeZone: 'Europe/Madrid' }, audience })
  const moments = Object.values(all).map(([entry]) => entry)
  expect(new Set(moments).size).toBe(1)
  expect(new Date(moments[0]!.slice(0, 24)).getUTCDay()).toBe(1)
  expect(moments[0]).toMatch(/T0[89]:00:00\.000Z next$/)
})

test('an instant that is given is when they enter, whatever the trigger says', async () => {
  const at = '2026-11-24T12:00:00.000Z'
  const { ana } = await entries({ date: { attribute: 'birthday' } }, { at })
  expect(ana).toEqual([
    `${at} next`,
    `${at} resting`,
    '2026-11-26T12:00:00.000Z next',
    '2026-11-26T12:00:00.000Z end',
  ])
})

test('replies count from the entry of whoever gives them', async () => {
  const replies = [{ member: 'ana', event: { type: 'Left' }, after: 'P1D' }]
  const { ana } = await entries({ date: { attribute: 'birthday', at: '09:30' } }, { replies })
  expect(ana?.at(-1)).toMatch(/-12-26T08:30:00\.000Z left$/)
})
