import { createPublicKey, generateKeyPairSync, hash, type KeyObject, verify } from 'node:crypto'
import { dkimVerify } from 'mailauth'
import { describe, expect, test } from 'vitest'
import { signer } from '../../activities/channels/smtp/dkim.ts'

const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 })
const ed25519 = generateKeyPairSync('ed25519')
const KEYS = { rsa, ed25519 }
type Sort = keyof typeof KEYS

const HEAD = [
  'From: Fanfare <news@example.com>',
  'To: =?UTF-8?Q?Zo=C3=AB?=\t <ada@example.org>',
  'Subject: A  subject\r\n  in two lines ',
  'List-Unsubscribe: <https://fanfare.example.com/u/abc>',
  'List-Unsubscribe-Post: List-Unsubscribe=One-Click',
  'X-Note: not signed',
]

function signedBy(sort: Sort, raw: Buffer): Promise<Buffer> {
  const privateKey = String(KEYS[sort].privateKey.export({ type: 'pkcs8', format: 'pem' }))
  return signer({ domain: 'example.com', selector: 'mail2026', privateKey })(raw)
}

function mail(body: string): Buffer {
  return Buffer.from(`${HEAD.join('\r\n')}\r\n\r\n${body}`)
}

/** What a key record in the DNS says: the bare key for Ed25519, the wrapped one for RSA. */
function published({ publicKey }: { publicKey: KeyObject }, sort: Sort): string {
  const der = publicKey.export({ type: 'spki', format: 'der' })
  return `v=DKIM1; k=${sort}; p=${(sort === 'rsa' ? der : der.subarray(-32)).toString('base64')}`
}

async function verdict(raw: Buffer, sort: Sort): Promise<string | undefined> {
  const resolver = async (): Promise<string[][]> => [[published(KEYS[sort], sort)]]
  return (await dkimVerify(raw, { resolver })).results[0]?.status.result
}

describe.each(['rsa', 'ed25519'] as const)('a signature by a key of sort %s', (sort) => {
  test.each([
    ['plain lines', 'Hello\r\nWorld\r\n'],
    ['spaces and tabs at ends and in between', 'Hello  \t World \t\r\n\t\r\n  Hi\r\n'],
    ['empty lines at the end', 'Hello\r\n\r\n\r\n'],
    ['no last line break', 'Hello'],
    ['nothing', ''],
    ['nothing but empty lines', '\r\n\r\n'],
    ['bytes beyond ASCII', 'Grüße à\r\n'],
  ])('is good over a body of %s', async (_case, body) => {
    expect(await verdict(await signedBy(sort, mail(body)), sort)).toBe('pass')
  })

  test('holds by the letter of RFC 6376, worked out by hand', async () => {
    const signed = (await signedBy(sort, mail('Hello  World \r\n\r\n'))).toString('latin1')
    const field = signed.slice(0, signed.indexOf('\r\nFrom:'))
    const value = field.slice('DKIM-Signature:'.length).replaceAll('\r\n', '').trim()
    const {
      h = '',
      bh,
      b = '',
      ...tags
    } = Object.fromEntries(
      value
        .split('; ')
        .map((tag) => [tag.slice(0, tag.indexOf('=')), tag.slice(tag.indexOf('=') + 1).replaceAll(' ', '')]),
    ) as Record<string, string>
    expect(tags).toEqual({
      v: '1',
      a: `${sort}-sha256`,
      c: 'relaxed/relaxed',
      d: 'example.com',
      s: 'mail2026',
    })
    expect(h).toBe('from:subject:to:list-unsubscribe:list-unsubscribe-post')
    expect(bh).toBe(hash('sha256', 'Hello World\r\n', 'base64'))
    const covered = [
      'from:Fanfare <news@example.com>',
      'subject:A subject in two lines',
      'to:=?UTF-8?Q?Zo=C3=AB?= <ada@example.org>',
      'list-unsubscribe:<https://fanfare.example.com/u/abc>',
      'list-unsubscribe-post:List-Unsubscribe=One-Click',
      `dkim-signature:${value.replace(/ b=.*/, ' b=')}`,
    ].join('\r\n')
    const what = sort === 'rsa' ? Buffer.from(covered) : hash('sha256', covered, 'buffer')
    const key = createPublicKey(KEYS[sort].privateKey)
    expect(verify(sort === 'rsa' ? 'sha256' : null, what, key, Buffer.from(b, 'base64'))).toBe(true)
  })

  test('leaves the message as it was, in lines that mail servers take', async () => {
    const signed = await signedBy(sort, mail('Hello\r\n'))
    expect(signed.subarray(-mail('Hello\r\n').length)).toEqual(mail('Hello\r\n'))
    const lines = signed.toString('latin1').split('\r\n')
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(78)
  })

  test.each([
    ['the body', 'Hello', 'Hallo'],
    ['the one-click field', 'One-Click', 'Two-Click'],
    ['a second recipient', 'To: =?UTF-8', 'To: eve@example.net, =?UTF-8'],
  ])('is broken by a change of %s', async (_case, before, after) => {
    const signed = (await signedBy(sort, mail('Hello\r\n'))).toString('latin1')
    expect(signed).toContain(before)
    expect(await verdict(Buffer.from(signed.replace(before, after), 'latin1'), sort)).not.toBe('pass')
  })
})

test('many messages are signed beside each other, each with its own signature', async () => {
  const bodies = Array.from({ length: 20 }, (_, n) => `Hello ${n}\r\n`)
  const signed = await Promise.all(bodies.map((body) => signedBy('rsa', mail(body))))
  const verdicts = await Promise.all(signed.map((raw) => verdict(raw, 'rsa')))
  expect(verdicts).toEqual(bodies.map(() => 'pass'))
  expect(signed.map((raw) => raw.toString().split('\r\n\r\n')[1])).toEqual(bodies)
})
