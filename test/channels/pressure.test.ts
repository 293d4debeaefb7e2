import type { Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { openSmtp } from '../../activities/channels/smtp.ts'
import { refusal, smtpError } from '../../activities/channels/smtp/fault.ts'
import { type Pressure, pressureOf } from '../../activities/channels/smtp/pressure.ts'
import type { Stage } from '../../activities/channels/smtp/reply.ts'
import { startRawServer } from './doubles/raw-server.ts'
import { mailSettings, outgoing, PATIENT } from './messages.ts'

const TAKEN = { reply: '250 Ok' }
const refused = (stage: Stage, reply: string) => ({ fault: refusal(stage, reply) })
const BUSY = refused('sender', '421 4.7.0 Too busy')

function pressed(by: (pressure: Pressure) => void): { allowed: number; pauseMs: number } {
  const pressure = pressureOf(16)
  by(pressure)
  return { allowed: pressure.allowed, pauseMs: pressure.pause(0) }
}

describe('a server that asks for time', () => {
  test('gets half the connections and a pause', () => {
    expect(pressed((pressure) => pressure.heed(BUSY, 0))).toEqual({ allowed: 8, pauseMs: 200 })
  })

  test('is heard once, however many connections hear it', () => {
    expect(pressed((pressure) => [1, 2, 3].forEach(() => pressure.heed(BUSY, 0)))).toMatchObject({
      allowed: 8,
    })
  })

  test('gets longer and longer pauses while it goes on, but is never given up', () => {
    const pressure = pressureOf(16)
    let now = 0
    const pauses = Array.from({ length: 10 }, () => {
      pressure.heed(BUSY, now)
      const ms = pressure.pause(now)
      now += ms
      return ms
    })
    expect(pauses).toEqual([200, 400, 800, 1_600, 3_200, 6_400, 12_800, 15_000, 15_000, 15_000])
    expect(pressure.allowed).toBe(1)
    expect(pressure.pause(now)).toBe(0)
  })

  test('has all connections and no more pauses again once it takes mail', () => {
    const pressure = pressureOf(16)
    for (const now of [0, 1_000, 2_000, 3_000]) pressure.heed(BUSY, now)
    expect(pressure.allowed).toBe(1)
    for (let n = 0; n < 16 * 16; n += 1) pressure.heed(TAKEN, 5_000)
    expect(pressure.allowed).toBe(16)
    pressure.heed(BUSY, 6_000)
    expect(pressure.pause(6_000)).toBe(200)
  })

  test.each([
    ['a temporary refusal of the sender', refused('sender', '451 4.7.1 Slow down')],
    ['a temporary refusal of DATA', refused('data', '452 4.3.1 Storage')],
    ['421 to a recipient', refused('recipient', '421 4.7.0 Enough')],
    ['no answer in time', { fault: { stage: 'connect', inDoubt: true, error: smtpError('ETIMEDOUT', '') } }],
  ] as const)('asks by %s', (_how, handed) => {
    expect(pressed((pressure) => pressure.heed(handed, 0))).toEqual({ allowed: 8, pauseMs: 200 })
  })

  test.each([
    ['a greylisted recipient', refused('recipient', '450 4.7.1 Greylisted')],
    ['a full mailbox', refused('body', '452 4.2.2 Full')],
    ['an unknown recipient', refused('recipient', '550 5.1.1 No such user')],
    ['a spam verdict', refused('body', '554 5.7.1 Spam')],
    [
      'a cut connection',
      { fault: { stage: 'connect', inDoubt: false, error: smtpError('ECONNECTION', '') } },
    ],
  ] as const)('does not ask by %s', (_how, handed) => {
    expect(pressed((pressure) => pressure.heed(handed, 0))).toEqual({ allowed: 16, pauseMs: 0 })
  })

  test('asks by putting off one recipient after the other, not by some among others', () => {
    const greylisted = refused('recipient', '450 4.7.1 Later')
    expect(
      pressed((pressure) => {
        for (let n = 0; n < 100; n += 1) pressure.heed(n % 2 ? TAKEN : greylisted, 0)
      }),
    ).toEqual({ allowed: 16, pauseMs: 0 })
    expect(
      pressed((pressure) => {
        for (let n = 0; n < 5; n += 1) pressure.heed(greylisted, 0)
      }),
    ).toEqual({ allowed: 8, pauseMs: 200 })
  })
})

describe.concurrent('a transport', () => {
  test('whose server takes two connections at a time, and turns others away, sends everything over two', async () => {
    const held = new Set<number>()
    const server = await startRawServer(({ verb, connection, socket }) => {
      if (verb !== 'HELLO') return undefined
      socket.on('close', () => held.delete(connection))
      if (held.size >= 2) return turnAway(socket, '421 4.7.0 Too many connections')
      held.add(connection)
      return undefined
    })
    const transport = openSmtp(mailSettings(server.port), { connections: 8, timeouts: PATIENT })
    const messages = Array.from({ length: 60 }, () => outgoing())
    const outcomes = await Promise.all(messages.map((message) => transport.send(message)))
    expect(outcomes.filter(({ outcome }) => outcome !== 'accepted')).toEqual([])
    expect(server.arrived.toSorted()).toEqual(messages.map(({ id }) => id).toSorted())
    await transport.close()
    await server.close()
  })

  test('whose server refuses every sign-in tries few times, not once for each message', async () => {
    const server = await startRawServer(({ verb }) =>
      verb === 'EHLO' ? '250-raw\r\n250 AUTH PLAIN' : verb === 'AUTH' ? '535 5.7.8 Wrong' : undefined,
    )
    const settings = mailSettings(server.port, { user: 'fanfare', password: 'wrong' })
    const transport = openSmtp(settings, { connections: 8, timeouts: PATIENT })
    const outcomes = await Promise.all(Array.from({ length: 30 }, () => transport.send(outgoing())))
    expect(outcomes.map((each) => 'class' in each && each.class)).toEqual(Array(30).fill('config'))
    expect(server.connections).toBeLessThanOrEqual(3)
    await transport.close()
    await server.close()
  })

  test('that is closed while its server wants time gives back what waits', async () => {
    const server = await startRawServer(({ verb, socket }) =>
      verb === 'MAIL' ? turnAway(socket, '421 4.7.0 Not now') : undefined,
    )
    const transport = openSmtp(mailSettings(server.port), { connections: 1, timeouts: PATIENT })
    const first = transport.send(outgoing())
    const others = Array.from({ length: 3 }, () => transport.send(outgoing()))
    expect(await first).toMatchObject({ class: 'rate-limited' })
    await transport.close()
    const outcomes = await Promise.all(others)
    for (const outcome of outcomes) expect(['not-sent', 'rejected']).toContain(outcome.outcome)
    expect(server.arrived).toEqual([])
    await server.close()
  })
})

function turnAway(socket: Socket, words: string): string {
  socket.end(`${words}\r\n`)
  return ''
}
