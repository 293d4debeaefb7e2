import { describe, expect, test } from 'vitest'
import type { FrequencyCap, MemberFacts } from '../../flow/facts.ts'
import { underWay } from '../../flow/open-hops.ts'
import { NOW } from './scene.ts'
import { hopBy, HOUR, standing, type Standing } from './standing.ts'

const DAILY: FrequencyCap = { max: 1, per: 'day', window: 'rolling' }
const waiting = (channel: 'email' | 'sms', hop = 0) =>
  hopBy(channel, { hop, status: 'pending', sentAt: null })
const sent = (hoursAgo: number, more: Partial<MemberFacts['sends'][number]> = {}) => ({
  at: NOW - hoursAgo * HOUR,
  channel: 'email' as const,
  topic: 'prizes',
  ...more,
})

function turnOf(hops: ReturnType<typeof hopBy>[], at: Standing = {}) {
  return underWay(hops, standing({ ...at, enrollment: { id: 7, hops } }))
}

describe('a message that waits to leave', () => {
  const workspace = { frequencyCaps: [DAILY] }

  test('leaves when nothing holds it', () => {
    expect(turnOf([waiting('email')])).toEqual({ carry: true })
  })

  test('does not stand in its own way', () => {
    const member = { sends: [sent(1, { waiting: 7 })] }
    expect(turnOf([waiting('email')], { workspace, member })).toEqual({ carry: true })
  })

  test('rests while others have filled the cap meanwhile', () => {
    const member = { sends: [sent(1), sent(1, { waiting: 7 })] }
    expect(turnOf([waiting('email')], { workspace, member })).toMatchObject({
      rest: { code: 'frequency-cap', args: { count: 1, max: 1 } },
      dueAt: NOW + 23 * HOUR,
    })
  })

  test('another that waits elsewhere counts', () => {
    const member = { sends: [sent(1, { waiting: 8 })] }
    expect(turnOf([waiting('email')], { workspace, member })).toMatchObject({
      rest: { code: 'frequency-cap' },
    })
  })
})

describe('several that wait at one send', () => {
  const both = [waiting('email', 0), waiting('sms', 1)]

  test('leave together when there is room for both', () => {
    expect(turnOf(both, { workspace: { frequencyCaps: [{ ...DAILY, max: 2 }] } })).toEqual({ carry: true })
  })

  test('leave one after the other when there is room for one', () => {
    expect(turnOf(both, { workspace: { frequencyCaps: [DAILY] } })).toEqual({ carry: true, held: [1] })
  })

  test('are held each by its own channel’s quiet hours', () => {
    const quietHours = { from: '10:00', to: '20:00', channels: ['email' as const] }
    expect(turnOf(both, { workspace: { quietHours } })).toEqual({ carry: true, held: [0] })
  })

  test('one in flight keeps the member, whatever the other waits for', () => {
    const quietHours = { from: '10:00', to: '20:00' }
    const hops = [{ ...both[0]!, status: 'sending' as const }, both[1]!]
    expect(turnOf(hops, { workspace: { quietHours } })).toEqual({ carry: true, held: [1] })
  })

  test('rest until the first may leave', () => {
    const retries = both.map((hop, n) => ({ ...hop, retryAt: NOW + (2 - n) * HOUR }))
    expect(turnOf(retries)).toMatchObject({ rest: { code: 'retry' }, dueAt: NOW + HOUR })
  })
})
