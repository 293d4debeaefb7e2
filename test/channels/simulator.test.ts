import { describe, expect, test, vi } from 'vitest'
import { openTransport, transportsOf } from '../../activities/channels/registry.ts'
import type { ReportedReceipt } from '../../activities/channels/transport-kind.ts'
import type { Transport } from '../../activities/channels/transport.ts'
import { CHANNELS, type Channel } from '../../flow/channels/channel.ts'
import { outgoing } from './messages.ts'

interface Opening {
  channel?: Channel
  report?: (receipt: ReportedReceipt) => void
}

function simulator(settings: unknown, { channel = 'sms', report }: Opening = {}): Transport {
  const around = { channel, publicUrl: 'http://127.0.0.1:3000', ...(report ? { report } : {}) }
  return openTransport({ kind: 'simulator', settings, secrets: {} }, around)
}

const TO: Record<Channel, string> = {
  email: 'ada@example.org',
  sms: '+491701234567',
  whatsapp: '+491701234567',
  telegram: '4711',
  push: 'device-1',
  voice: '+491701234567',
}

test.each(CHANNELS)(
  '%s can be tried without a provider, and everything is accepted at once',
  async (channel) => {
    expect(transportsOf(channel)).toContain('simulator')
    const outcome = await simulator({}, { channel }).send(outgoing({ id: 'msg_c', channel, to: TO[channel] }))
    expect(outcome).toEqual({ outcome: 'accepted', providerId: 'sim_msg_c' })
  },
)

describe('an address asks for a failure', () => {
  test.each([
    ['ada+sim-invalid-address@example.org', { outcome: 'rejected', class: 'invalid-address' }],
    ['+15005550004', { outcome: 'rejected', class: 'opted-out' }],
    [
      'chat-sim-rate-limited',
      { outcome: 'rejected', class: 'rate-limited', retryAfterMs: expect.any(Number) },
    ],
    ['sim-not-sent@example.org', { outcome: 'not-sent' }],
    ['+15005550013', { outcome: 'unknown' }],
    ['simone-unknown@example.org', { outcome: 'accepted' }],
    ['sim-contents@example.org', { outcome: 'accepted' }],
  ])('%s', async (to, expected) => {
    expect(await simulator({}).send(outgoing({ to }))).toMatchObject(expected)
  })

  test('and one that hangs ends as unknown when the transport is closed', async () => {
    const transport = simulator({})
    const hanging = transport.send(outgoing({ to: 'sim-hang@example.org' }))
    await transport.close()
    expect(await hanging).toMatchObject({ outcome: 'unknown' })
  })
})

describe('failRate', () => {
  const outcomes = async (failRate: number): Promise<string[]> => {
    const transport = simulator({ auto: { failRate } })
    const ids = Array.from({ length: 400 }, (_, i) => `msg_${i.toString(36)}`)
    return Promise.all(ids.map(async (id) => (await transport.send(outgoing({ id }))).outcome))
  }

  test('refuses about that share, and always the same messages', async () => {
    const first = await outcomes(0.25)
    expect(await outcomes(0.25)).toEqual(first)
    const refused = first.filter((each) => each === 'rejected').length
    expect(refused).toBeGreaterThan(60)
    expect(refused).toBeLessThan(140)
  })

  test('of one refuses all, of nought none', async () => {
    expect(new Set(await outcomes(1))).toEqual(new Set(['rejected']))
    expect(new Set(await outcomes(0))).toEqual(new Set(['accepted']))
  })
})

describe('deliverAfter', () => {
  test('reports each accepted message as delivered, once, also after closing', async () => {
    const receipts: ReportedReceipt[] = []
    const transport = simulator(
      { auto: { deliverAfter: 'PT0.01S' } },
      { report: (each) => receipts.push(each) },
    )
    await transport.send(outgoing({ id: 'msg_d' }))
    await transport.send(outgoing({ to: 'sim-content@example.org' }))
    await transport.close()
    await vi.waitFor(() => expect(receipts).toHaveLength(1))
    const told = { key: 'msg_d:delivered', message: 'msg_d', providerId: 'sim_msg_d', kind: 'delivered' }
    expect(receipts[0]).toMatchObject(told)
  })

  test('is not set by default: nothing is delivered until somebody says so', async () => {
    vi.useFakeTimers()
    const report = vi.fn<(receipt: ReportedReceipt) => void>()
    await simulator({}, { report }).send(outgoing())
    await vi.advanceTimersByTimeAsync(86_400_000)
    vi.useRealTimers()
    expect(report).not.toHaveBeenCalled()
  })
})

test.each([
  [{ auto: { deliverAfter: 'soon' } }, 'duration'],
  [{ auto: { deliverAfter: 'P2D' } }, 'duration'],
  [{ auto: { failRate: 1.5 } }, '<=1'],
  [{ auto: { surprise: true } }, 'surprise'],
  [{ hello: 1 }, 'hello'],
])('settings %j are refused', (settings, word) => {
  expect(() => simulator(settings)).toThrow(word)
})
