import { afterEach, describe, expect, test } from 'vitest'
import { openSmtp } from '../../activities/channels/smtp.ts'
import { encryptionOf } from '../../activities/channels/smtp/encryption.ts'
import type { SmtpSettings } from '../../activities/channels/smtp/settings.ts'
import type { Transport } from '../../activities/channels/transport.ts'
import { type MailServer, startMailServer } from './doubles/mail-server.ts'
import { IMPATIENT, mailSettings, outgoing } from './messages.ts'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const each of open.splice(0).toReversed()) await each.close()
})

type Options = Parameters<typeof startMailServer>[1]

async function pair(
  options: Options = {},
  settings: Partial<SmtpSettings> = {},
): Promise<[MailServer, Transport]> {
  const server = await startMailServer({}, options)
  const transport = openSmtp(mailSettings(server.port, settings), IMPATIENT)
  open.push(server, transport)
  return [server, transport]
}

describe('a connection', () => {
  test('carries one message after another', async () => {
    const [server, transport] = await pair()
    for (let i = 0; i < 5; i += 1) await transport.send(outgoing())
    expect(server.received).toHaveLength(5)
    expect(server.connections).toBe(1)
  })

  test('is used again after a refused recipient, sender or body', async () => {
    const [server, transport] = await pair()
    for (const point of ['mail', 'rcpt', 'dot'] as const) {
      server.script = { [point]: { code: 550, text: '5.0.0 No' } }
      expect(await transport.send(outgoing())).toMatchObject({ outcome: 'rejected' })
      server.script = {}
      expect(await transport.send(outgoing())).toMatchObject({ outcome: 'accepted' })
    }
    expect(server.received.filter(({ to }) => to.length !== 1)).toEqual([])
  })

  test('that the server ended while idle is replaced by a new one', async () => {
    const [server, transport] = await pair()
    await transport.send(outgoing())
    await server.hangUp()
    expect(await transport.send(outgoing())).toMatchObject({ outcome: 'accepted' })
    expect(server.connections).toBe(2)
  })

  test('is not shared: at most as many as the transport says, each message once', async () => {
    const [server, transport] = await pair()
    const messages = Array.from({ length: 60 }, () => outgoing())
    const outcomes = await Promise.all(messages.map((message) => transport.send(message)))
    expect(outcomes.filter(({ outcome }) => outcome !== 'accepted')).toEqual([])
    expect(server.received).toHaveLength(60)
    expect(server.connections).toBeLessThanOrEqual(transport.concurrency)
  })

  test('that dies takes only its own message along', async () => {
    const [server, transport] = await pair()
    server.script = { dot: 'drop' }
    const lost = await transport.send(outgoing())
    server.script = {}
    expect([lost.outcome, (await transport.send(outgoing())).outcome]).toEqual(['unknown', 'accepted'])
    expect(server.received).toHaveLength(2)
  })
})

describe('signing in', () => {
  const auth = { authOptional: false, allowInsecureAuth: true }
  const credentials = { user: 'fanfare', password: 'correct horse' }

  test('happens once for a connection', async () => {
    const [server, transport] = await pair(auth, credentials)
    expect(await transport.send(outgoing())).toMatchObject({ outcome: 'accepted' })
    expect(await transport.send(outgoing())).toMatchObject({ outcome: 'accepted' })
    expect(server.connections).toBe(1)
  })

  test('with the wrong password is a fault of the settings, and the words do not repeat it', async () => {
    const [server, transport] = await pair(auth, credentials)
    server.script = { auth: { code: 535, text: '5.7.8 Authentication failed' } }
    const outcome = await transport.send(outgoing())
    expect(outcome).toMatchObject({ outcome: 'rejected', class: 'config' })
    expect(JSON.stringify(outcome)).not.toMatch(/correct horse|Y29ycmVjdCBob3JzZQ/)
  })

  test('that fails for a moment is tried again later', async () => {
    const [server, transport] = await pair(auth, credentials)
    server.script = { auth: { code: 454, text: '4.3.0 Temporary authentication failure' } }
    expect(await transport.send(outgoing())).toMatchObject({ outcome: 'not-sent' })
  })
})

describe('encryption', () => {
  test('from the first byte on loopback takes the server’s own certificate', async () => {
    const [server, transport] = await pair({ secure: true }, { secure: true })
    expect(await transport.send(outgoing())).toMatchObject({ outcome: 'accepted' })
    expect(server.received).toHaveLength(1)
  })

  test('that the server does not speak sends nothing', async () => {
    const [server, transport] = await pair({}, { secure: true })
    expect(await transport.send(outgoing())).toMatchObject({ outcome: 'not-sent' })
    expect(server.received).toEqual([])
  })

  const far = { host: 'mail.example.com' }
  test.each<[string, Partial<SmtpSettings> & { port: number }, { secure: boolean; requireTLS: boolean }]>([
    ['port 465 from the first byte', { ...far, port: 465 }, { secure: true, requireTLS: false }],
    [
      'port 465 even when told not to',
      { ...far, port: 465, secure: false },
      { secure: true, requireTLS: false },
    ],
    ['port 587 by STARTTLS', { ...far, port: 587 }, { secure: false, requireTLS: true }],
    [
      'port 587 by STARTTLS when asked for',
      { ...far, port: 587, secure: true },
      { secure: false, requireTLS: true },
    ],
    ['any port when asked for', { ...far, port: 2465, secure: true }, { secure: true, requireTLS: false }],
    [
      'wherever a password travels',
      { ...far, port: 25, user: 'a', password: 'b' },
      { secure: false, requireTLS: true },
    ],
    ['not on loopback', { port: 587 }, { secure: false, requireTLS: false }],
  ])('is a must: %s', (_case, settings, expected) => {
    expect(encryptionOf(mailSettings(settings.port, settings))).toMatchObject(expected)
  })

  test('checks certificates everywhere but on loopback', () => {
    expect(encryptionOf(mailSettings(465, far)).tls.rejectUnauthorized).toBe(true)
    expect(encryptionOf(mailSettings(465)).tls.rejectUnauthorized).toBe(false)
  })
})
