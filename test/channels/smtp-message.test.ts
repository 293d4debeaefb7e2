import { generateKeyPairSync } from 'node:crypto'
import { dkimVerify } from 'mailauth'
import { type ParsedMail, simpleParser } from 'mailparser'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openSmtp } from '../../activities/channels/smtp.ts'
import type { SmtpSettings } from '../../activities/channels/smtp/settings.ts'
import type { Outgoing } from '../../activities/channels/transport.ts'
import { type MailServer, type Received, startMailServer } from './doubles/mail-server.ts'
import { startSink } from '../support/smtp-sink.ts'
import { mailSettings, outgoing } from './messages.ts'

let server: MailServer
beforeAll(async () => {
  server = await startMailServer()
})
afterAll(() => server.close())

async function sent(changes: Partial<Outgoing>, settings: Partial<SmtpSettings> = {}): Promise<Received> {
  const transport = openSmtp(mailSettings(server.port, settings))
  const outcome = await transport.send(outgoing(changes))
  await transport.close()
  expect(outcome).toMatchObject({ outcome: 'accepted' })
  return server.received.splice(0).at(-1)!
}

async function parsed(changes: Partial<Outgoing>, settings?: Partial<SmtpSettings>): Promise<ParsedMail> {
  return simpleParser((await sent(changes, settings)).raw)
}

/** Header fields as they went over the wire, folded lines joined. */
function fields(raw: Buffer): string[] {
  const head = raw.subarray(0, raw.indexOf('\r\n\r\n')).toString('utf8')
  return head.replaceAll(/\r\n[ \t]+/g, ' ').split('\r\n')
}

const UNSUBSCRIBE = { url: 'https://fanfare.example.com/u/abc.def' }

describe('a message', () => {
  test('arrives as it was written, in every script and length', async () => {
    const html = `<p>Grüße, 你好, 🎉</p>\r\n.\r\n<p>${'A very long line. '.repeat(200)}</p>`
    const text = 'Grüße, 你好, 🎉\n.\n..two dots\nFrom here'
    const mail = await parsed({ toName: 'Zoë 王', content: { subject: 'Gewonnen: 100 € 🎉', html, text } })
    expect(mail.subject).toBe('Gewonnen: 100 € 🎉')
    expect(mail.html).toBe(html.replaceAll('\r\n', '\n'))
    expect(mail.text?.trimEnd()).toBe(text)
    expect(mail.to).toMatchObject({ value: [{ name: 'Zoë 王', address: 'ada@example.org' }] })
    expect(mail.from).toMatchObject({ value: [{ name: 'Fanfare', address: 'news@example.com' }] })
  })

  test('has a text part also when only HTML was written', async () => {
    const mail = await parsed({ content: { subject: 'Hi', html: '<h1>Hi</h1><p>You have <b>won</b>.</p>' } })
    expect(mail.text).toMatch(/You have won\./)
  })

  test('has a Message-ID that follows from its id, on every attempt', async () => {
    const transport = openSmtp(mailSettings(server.port))
    const message = outgoing({ id: 'msg_2s' })
    const outcomes = [await transport.send(message), await transport.send(message)]
    await transport.close()
    expect(outcomes.map((each) => 'providerId' in each && each.providerId)).toEqual(
      Array(2).fill('<msg_2s@example.com>'),
    )
    const mails = await Promise.all(server.received.splice(0).map(({ raw }) => simpleParser(raw)))
    expect(mails.map((mail) => mail.messageId)).toEqual(Array(2).fill('<msg_2s@example.com>'))
  })

  test('is answered where the settings say', async () => {
    expect((await parsed({}, { replyTo: 'help@example.com' })).replyTo?.text).toBe('help@example.com')
  })

  test('without a body is refused before it goes anywhere', async () => {
    const transport = openSmtp(mailSettings(server.port))
    const outcome = await transport.send(outgoing({ content: { subject: 'Nothing' } }))
    await transport.close()
    expect(outcome).toMatchObject({ outcome: 'rejected', class: 'content' })
    expect(server.received).toEqual([])
  })

  test('never reads a file or a URL that its content names', async () => {
    const mail = await parsed({
      content: { subject: 'Hi', html: '<img src="file:///etc/passwd">', text: 'Hi' },
    })
    expect(mail.attachments).toEqual([])
    expect(mail.html).toContain('file:///etc/passwd')
  })
})

describe('one-click unsubscribe', () => {
  test('is two header fields, each there once, the URL unfolded', async () => {
    const { raw } = await sent({ unsubscribe: { url: `https://fanfare.example.com/u/${'t'.repeat(120)}` } })
    expect(raw.toString().split('\r\n')).toContain(
      `List-Unsubscribe: <https://fanfare.example.com/u/${'t'.repeat(120)}>`,
    )
    const list = fields(raw).filter((field) => field.startsWith('List-'))
    expect(list).toHaveLength(2)
    expect(list).toContain('List-Unsubscribe-Post: List-Unsubscribe=One-Click')
  })

  test('is absent where it has no place', async () => {
    expect(fields((await sent({})).raw).some((field) => field.startsWith('List-'))).toBe(false)
  })
})

describe('a signature', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2_048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  const dkim = { domain: 'example.com', selector: 'mail2026', privateKey }
  const key = publicKey.replaceAll(/-----[^-]+-----|\s/g, '')
  const asked: string[] = []
  const resolver = async (name: string): Promise<string[][]> => {
    asked.push(name)
    return [[`v=DKIM1; k=rsa; p=${key}`]]
  }
  const verdict = async (raw: Buffer | string): Promise<string | undefined> =>
    (await dkimVerify(raw, { resolver })).results[0]?.status.result

  test('verifies against the key under selector and domain', async () => {
    const { raw } = await sent({ unsubscribe: UNSUBSCRIBE }, { dkim })
    expect(await verdict(raw)).toBe('pass')
    expect(asked).toContain('mail2026._domainkey.example.com')
  })

  test.each([
    ['the unsubscribe address', '/u/abc.def', '/u/abc.xyz'],
    ['the one-click field', 'List-Unsubscribe=One-Click', 'List-Unsubscribe=Two-Click'],
    ['the subject', 'You have won', 'You have lost'],
    ['the body', 'won, Ada', 'won, Eve'],
  ])('breaks when %s is tampered with', async (_case, before, after) => {
    const { raw } = await sent({ unsubscribe: UNSUBSCRIBE }, { dkim })
    const text = raw.toString()
    expect(text).toContain(before)
    expect(await verdict(text.replaceAll(before, after))).not.toBe('pass')
  })
})

describe('nothing hostile makes another recipient or header', () => {
  const EVIL = 'evil@example.net'

  test.each([
    `ada@example.org, ${EVIL}`,
    `ada@example.org;${EVIL}`,
    `ada@example.org\r\nRCPT TO:<${EVIL}>`,
    `ada@example.org>\r\nRCPT TO:<${EVIL}`,
    `ada@example.org\nBcc: ${EVIL}`,
    `Ada <ada@example.org>`,
    `"ada@example.org" <${EVIL}>`,
    `"ada, ${EVIL}"@example.org`,
    `ada(${EVIL})@example.org`,
    `ada@example.org ${EVIL}`,
    `ada@@example.org`,
    `@example.org`,
    `ada@`,
    `ada`,
    ``,
    `ada@example.org\0`,
    `ada@exa\u2028mple.org`,
    `ada\u202e@example.org`,
    `ada@[127.0.0.1]`,
    `ada@127.1`,
    `${'a'.repeat(300)}@example.org`,
    `ada@${'a.'.repeat(150)}org`,
    `group: ada@example.org, ${EVIL};`,
  ])('recipient %j', async (to) => {
    const transport = openSmtp(mailSettings(server.port))
    const outcome = await transport.send(outgoing({ to }))
    await transport.close()
    expect(outcome).toMatchObject({ outcome: 'rejected', class: 'invalid-address' })
    expect(server.recipients.filter((each) => each !== 'ada@example.org')).toEqual([])
    expect(server.received).toEqual([])
  })

  test.each([
    `You\r\nBcc: ${EVIL}`,
    `You\nBcc: ${EVIL}\n\nNew body`,
    `You\rBcc: ${EVIL}`,
    `You\u2028Bcc: ${EVIL}`,
    `=?UTF-8?Q?You=0D=0ABcc:_evil=40example.net?=`,
    `You\0\u0085Bcc: ${EVIL}`,
    'W'.repeat(5_000),
  ])('subject and name %j', async (text) => {
    const settings = { from: { name: 'Fanfare "the" <engine>, Ltd', address: 'news@example.com' } }
    const { raw, to } = await sent({ toName: text, content: { subject: text, text: 'Hi' } }, settings)
    const names = fields(raw).map((field) => field.slice(0, field.indexOf(':')).toLowerCase())
    expect(to).toEqual(['ada@example.org'])
    expect(names.toSorted()).toEqual(PLAIN_FIELDS)
    const mail = await simpleParser(raw)
    expect(mail.to).toMatchObject({ value: [{ address: 'ada@example.org' }] })
    expect(mail.from).toMatchObject({ value: [{ address: 'news@example.com' }] })
    expect(mail.text?.trim()).toBe('Hi')
    expect(mail.subject).not.toMatch(/[\p{Cc}\u2028]/u)
  })

  test('a link with a line break or brackets', async () => {
    const { raw } = await sent({ unsubscribe: { url: `https://x.example/u/1>\r\nBcc: <${EVIL}` } })
    const names = fields(raw).map((field) => field.slice(0, field.indexOf(':')).toLowerCase())
    expect(names).not.toContain('bcc')
    expect(fields(raw).filter((field) => field.startsWith('List-Unsubscribe:'))).toHaveLength(1)
  })
})

const PLAIN_FIELDS = [
  'content-transfer-encoding',
  'content-type',
  'date',
  'from',
  'message-id',
  'mime-version',
  'subject',
  'to',
]

describe('letters beyond ASCII', () => {
  test('in the domain travel as ASCII', async () => {
    const sink = await startSink({ keep: true })
    const transport = openSmtp(mailSettings(sink.port))
    await transport.send(outgoing({ to: 'ada@müller.example' }))
    await transport.close()
    await sink.close()
    expect(sink.arrivals.map(({ to }) => to)).toEqual([['ada@xn--mller-kva.example']])
    expect(sink.arrivals[0]?.raw).toContain('<ada@xn--mller-kva.example>')
  })

  test('before the @ reach a server that takes them', async () => {
    expect((await sent({ to: 'zoë@example.org' })).to).toEqual(['zoë@example.org'])
  })

  test('before the @ are refused for a server that does not', async () => {
    const narrow = await startMailServer({}, { hideSMTPUTF8: true })
    const transport = openSmtp(mailSettings(narrow.port))
    expect(await transport.send(outgoing({ to: 'zoë@example.org' }))).toMatchObject({
      class: 'invalid-address',
    })
    expect(await transport.send(outgoing())).toMatchObject({ outcome: 'accepted' })
    await transport.close()
    await narrow.close()
    expect(narrow.recipients).toEqual(['ada@example.org'])
  })
})
