import { describe, expect, test } from 'vitest'
import { memberChange } from '../../db/member-change.ts'
import { GALLERY } from '../../flow/gallery/gallery.ts'
import { demoHistory, demoToday } from '../../server/start/demo/events.ts'
import { demoMembers, type DemoMember } from '../../server/start/demo/members.ts'

const NOW = Date.parse('2026-11-21T10:00:00Z')
const DAY = 86_400_000
const { settled, newcomers } = demoMembers(NOW)
const everybody = [...settled, ...newcomers]
const events = [...demoHistory(settled, NOW), ...demoToday(NOW)]

describe('the demo’s members', () => {
  const ordered = ({ attributes }: DemoMember) => Date.parse(attributes.lastOrderAt ?? '')

  test('are 2,000 with the three of the examples, always the same ones', () => {
    expect(everybody.length + 3).toBe(2_000)
    expect(demoMembers(NOW)).toEqual({ settled, newcomers })
    const known = ({ externalId, email, phone }: DemoMember) => ({ externalId, email, phone })
    const later = demoMembers(NOW + 100 * DAY)
    expect([...later.settled, ...later.newcomers].map(known)).toEqual(everybody.map(known))
  })

  test('can all be stored, and share no address but those that do not exist', () => {
    for (const member of everybody) memberChange.parse(member)
    const addresses = everybody
      .flatMap(({ email, phone }) => [email, phone])
      .filter((one) => one !== undefined)
    const real = addresses.filter((one) => one !== '+15005550001')
    expect(new Set(real).size).toBe(real.length)
    expect(real.length).toBeLessThan(addresses.length)
  })

  test.each<[string, (member: DemoMember) => boolean, [number, number]]>([
    ['cannot be reached at all', ({ email, phone }) => !email && !phone, [20, 80]],
    ['have a mail address that does not exist', ({ email = '' }) => email.includes('sim-'), [5, 30]],
    ['are testers', ({ attributes }) => attributes.tester, [5, 5]],
    [
      'were born on 29 February',
      ({ attributes }) => (attributes.birthday ?? '').endsWith('-02-29'),
      [20, 40],
    ],
    ['did not tell their birthday', ({ attributes }) => attributes.birthday === undefined, [200, 600]],
    ['have no name', ({ attributes }) => attributes.name === undefined, [20, 80]],
    ['are gold members', ({ attributes }) => attributes.tier === 'gold', [100, 400]],
    ['never ordered', (member) => Number.isNaN(ordered(member)), [400, 900]],
    ['ordered in the last 90 days', (member) => ordered(member) > NOW - 90 * DAY, [400, 1_000]],
    ['have lapsed', (member) => ordered(member) < NOW - 90 * DAY, [300, 800]],
    ['live in Europe', ({ attributes }) => attributes.region === 'eu', [1_000, 1_500]],
    ['gave no consent', ({ consents }) => consents.length === 0, [20, 200]],
    ['took a consent back', ({ consents }) => consents.some(isRevoked), [100, 900]],
    ['stopped SMS', ({ consents }) => consents.some(({ topic }) => topic === '*'), [10, 80]],
  ])('some %s', (_, is, [least, most]) => {
    const count = everybody.filter(is).length
    expect(count).toBeGreaterThanOrEqual(least)
    expect(count).toBeLessThanOrEqual(most)
  })

  test('have done nothing in the future, and nothing before they joined', () => {
    for (const member of everybody) {
      const joined = Date.parse(member.attributes.joinedAt)
      const moments = [...member.consents.map(({ at }) => Date.parse(at)), ordered(member)]
      for (const at of [joined, ...moments.filter((one) => !Number.isNaN(one))]) {
        expect(at).toBeGreaterThanOrEqual(joined)
        expect(at).toBeLessThanOrEqual(NOW)
      }
    }
  })
})

describe('the demo’s events', () => {
  test('are about its members, once each, of the last two weeks', () => {
    const ids = new Set(everybody.map(({ externalId }) => externalId))
    for (const { member, at } of events) {
      expect(ids).toContain(member)
      expect(Date.parse(at)).toBeLessThanOrEqual(NOW)
      expect(Date.parse(at)).toBeGreaterThan(NOW - 15 * DAY)
    }
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length)
  })

  test('are all that the gallery’s flows listen to, so that none of them asks for an event never seen', () => {
    const spoken = JSON.stringify(GALLERY.map(({ flow }) => flow)).matchAll(/"event":"(\w+)"/g)
    const wanted = new Set([...spoken].map(([, type]) => type))
    expect([...wanted].filter((type) => !events.some((one) => one.type === type))).toEqual([])
  })
})

function isRevoked({ topic, state }: { topic: string; state: string }): boolean {
  return topic !== '*' && state === 'revoked'
}
