import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { kindOf, openTransport, TRANSPORTS } from '../../activities/channels/registry.ts'
import { joinSecrets, splitSecrets } from '../../activities/channels/secrets.ts'
import { testSend } from '../../activities/channels/test-send.ts'
import { startMailServer } from './doubles/mail-server.ts'
import { mailSettings } from './messages.ts'

const pem = (key: KeyObject): string => String(key.export({ type: 'pkcs8', format: 'pem' }))
const rsa = pem(generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey)
const weak = pem(generateKeyPairSync('rsa', { modulusLength: 1_000 }).privateKey)
const x25519 = pem(generateKeyPairSync('x25519').privateKey)
const full = {
  ...mailSettings(587),
  user: 'fanfare',
  password: 'secret',
  dkim: { domain: 'example.com', selector: 's1', privateKey: rsa },
}

describe('secrets', () => {
  test('are parted from what is shown, and come back in place', () => {
    const { shown, secrets } = splitSecrets(full, TRANSPORTS.smtp.secrets)
    expect(secrets).toEqual({ password: 'secret', 'dkim.privateKey': rsa })
    expect(JSON.stringify(shown)).not.toMatch(/secret|PRIVATE KEY/)
    expect(joinSecrets(shown, secrets)).toEqual(full)
  })

  test('that are given anew win over the stored ones', () => {
    expect(joinSecrets({ password: 'new' }, { password: 'old' })).toEqual({ password: 'new' })
  })

  test('of a part that was removed stay away', () => {
    const { dkim: _gone, ...rest } = full
    expect(joinSecrets(rest, { 'dkim.privateKey': rsa })).toEqual(rest)
  })

  test('splitting leaves the settings that were given as they are', () => {
    splitSecrets(full, TRANSPORTS.smtp.secrets)
    expect(full.dkim.privateKey).toBe(rsa)
  })
})

describe('smtp settings', () => {
  test.each<[string, object, string]>([
    ['an unknown key', { relay: true }, 'relay'],
    [
      'a sender that is a list',
      { from: { name: 'F', address: 'a@example.com, b@example.com' } },
      'from.address',
    ],
    [
      'a sender’s name with a line break',
      { from: { name: 'F\r\nBcc: x', address: 'a@example.com' } },
      'from.name',
    ],
    ['a reply address that is none', { replyTo: 'help' }, 'replyTo'],
    ['a port out of range', { port: 70_000 }, 'port'],
    ['a host with a path', { host: 'mail.example.com/x' }, 'host'],
    ['a key that cannot sign', { dkim: { ...full.dkim, privateKey: 'key' } }, 'dkim.privateKey'],
    [
      'a key whose signatures receivers ignore',
      { dkim: { ...full.dkim, privateKey: weak } },
      'dkim.privateKey',
    ],
    [
      'a key of a sort that DKIM does not know',
      { dkim: { ...full.dkim, privateKey: x25519 } },
      'dkim.privateKey',
    ],
    ['a rate of nothing', { rate: { perSecond: 0 } }, 'rate.perSecond'],
  ])('refuse %s, and name it', (_case, change, path) => {
    const { error } = TRANSPORTS.smtp.settings.safeParse({ ...full, ...change })
    const named = error?.issues.map((issue) =>
      [...issue.path, ...('keys' in issue ? issue.keys : [])].join('.'),
    )
    expect(named).toEqual([path])
  })

  test('with half a sign-in are a problem with a remedy', () => {
    expect(TRANSPORTS.smtp.problems({ ...mailSettings(25), user: 'fanfare' })[0]).toContain('`password`')
    expect(TRANSPORTS.smtp.problems(full)).toEqual([])
  })
})

test('a name that only objects inherit is no transport', () => {
  expect(kindOf('constructor')).toBeUndefined()
  expect(kindOf('__proto__')).toBeUndefined()
})

test('a transport is not opened for a channel that it does not serve', () => {
  const stored = { kind: 'smtp', settings: mailSettings(25), secrets: {} }
  expect(() => openTransport(stored, { channel: 'sms', publicUrl: 'http://127.0.0.1' })).toThrow('serves sms')
})

test('a test send is one real message, with the provider’s words', async () => {
  const server = await startMailServer()
  const stored = { kind: 'smtp', settings: mailSettings(server.port), secrets: {} }
  const where = { channel: 'email', publicUrl: 'http://127.0.0.1:3000', to: 'ada@example.org' } as const
  const taken = await testSend(stored, where)
  server.script = { rcpt: { code: 554, text: '5.7.1 Relay access denied' } }
  const refused = await testSend(stored, where)
  await server.close()
  expect(taken).toMatchObject({ outcome: 'accepted', response: expect.stringMatching(/^250 /) })
  expect(refused).toEqual({ outcome: 'rejected', class: 'config', response: '554 5.7.1 Relay access denied' })
  expect(server.received.map(({ to }) => to)).toEqual([['ada@example.org']])
})
