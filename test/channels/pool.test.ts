import { expect, test } from 'vitest'
import { type TransportRow, transportPool } from '../../activities/channels/pool.ts'
import { startMailServer } from './doubles/mail-server.ts'
import { mailSettings, outgoing } from './messages.ts'

function row(changes: Partial<TransportRow> = {}): TransportRow {
  return { id: 1, revision: 1, channel: 'sms', kind: 'simulator', settings: {}, secrets: {}, ...changes }
}

const pool = () => transportPool(() => ({ publicUrl: 'http://127.0.0.1:3000' }))
const never = (): Promise<TransportRow> => Promise.reject(new Error('was not to be loaded'))

test('a transport is opened once, also when many ask at the same time', async () => {
  const transports = pool()
  let loads = 0
  const load = async (): Promise<TransportRow> => {
    loads += 1
    return row()
  }
  const opened = await Promise.all(
    Array.from({ length: 10 }, () => transports.take({ id: 1, revision: 1 }, load)),
  )
  expect(new Set(opened).size).toBe(1)
  expect(await transports.take({ id: 1, revision: 1 }, never)).toBe(opened[0])
  expect(loads).toBe(1)
  await transports.close()
})

test('a new revision opens anew; the old one finishes what it has and takes nothing more', async () => {
  const transports = pool()
  const slow = { settings: { auto: { latency: 'PT0.05S' } } }
  const old = await transports.take({ id: 1, revision: 1 }, async () => row(slow))
  const inHand = old.send(outgoing({ to: '+491701234567' }))
  const fresh = await transports.take({ id: 1, revision: 2 }, async () => row({ revision: 2 }))
  expect(fresh).not.toBe(old)
  expect(await inHand).toMatchObject({ outcome: 'accepted' })
  expect(await old.send(outgoing())).toMatchObject({ outcome: 'not-sent' })
  expect(await fresh.send(outgoing())).toMatchObject({ outcome: 'accepted' })
  await transports.close()
})

test('who still knows the old revision gets the new transport', async () => {
  const transports = pool()
  const fresh = await transports.take({ id: 1, revision: 2 }, async () => row({ revision: 2 }))
  expect(await transports.take({ id: 1, revision: 1 }, never)).toBe(fresh)
  await transports.close()
})

test('a transport that could not be opened is tried anew by the next who asks', async () => {
  const transports = pool()
  const broken = async (): Promise<TransportRow> => row({ kind: 'pigeon' })
  await expect(transports.take({ id: 1, revision: 1 }, broken)).rejects.toThrow('Set the channel up again')
  const opened = await transports.take({ id: 1, revision: 1 }, async () => row())
  expect(await opened.send(outgoing())).toMatchObject({ outcome: 'accepted' })
  await transports.close()
})

test('closing ends every connection', async () => {
  const server = await startMailServer()
  const transports = pool()
  const mail = row({ channel: 'email', kind: 'smtp', settings: mailSettings(server.port) })
  const opened = await transports.take({ id: 1, revision: 1 }, async () => mail)
  await opened.send(outgoing())
  await transports.close()
  await expect(server.close()).resolves.toBeUndefined()
  expect(server.received).toHaveLength(1)
})
