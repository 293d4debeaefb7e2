import fc from 'fast-check'
import { type ParsedMail, simpleParser } from 'mailparser'
import { describe, expect, test } from 'vitest'
import { textOf } from '../../activities/channels/piece.ts'
import { type Compose, composer } from '../../activities/channels/smtp/compose.ts'
import { parseMailbox } from '../../activities/channels/smtp/mailbox.ts'
import type { SmtpSettings } from '../../activities/channels/smtp/settings.ts'
import type { Outgoing } from '../../activities/channels/transport.ts'
import { mailComposer } from './mail-composer.ts'
import { mailSettings, outgoing } from './messages.ts'

const WAYS = { ours: composer, nodemailer: mailComposer }

async function raw(way: (settings: SmtpSettings) => Compose, changes: Changes): Promise<Buffer> {
  const message = outgoing(changes.message)
  return way(mailSettings(25, changes.settings))(message, parseMailbox(message.to)!)
}

interface Changes {
  message?: Partial<Outgoing>
  settings?: Partial<SmtpSettings>
}

const mails: Record<string, Changes> = {
  'a plain mail': {},
  'every script': {
    message: {
      toName: 'Zoë 王 "the" עברית',
      content: {
        subject: 'Gewonnen: 100 € 🎉 ‏שלום',
        html: '<p>Grüße, 你好, 👩‍👩‍👧‍👦</p>',
        text: 'Grüße, 你好, 👩‍👩‍👧‍👦',
      },
    },
  },
  'long lines and long words': {
    message: {
      content: {
        subject: `${'A very long subject '.repeat(20)}end`,
        html: `<p>${'A very long line. '.repeat(200)}${'x'.repeat(3_000)}${'ü'.repeat(500)}</p>`,
        text: 'Zeile über Zeile, '.repeat(100),
      },
    },
  },
  'dots, equals signs, blanks and breaks of every kind': {
    message: {
      content: {
        subject: 'a=b =?UTF-8?Q?x?=   c',
        html: '.\r\n..\n. \r\n a=3D b=\n\t \n<pre>  x  \n</pre>\n\n',
        text: '.\n..two\n from \n \n=20 \n\nFrom here\n-- \nbye \t',
      },
    },
  },
  'nothing but text': { message: { content: { subject: 'Hi', text: 'Just text\n' } } },
  'nothing but HTML': { message: { content: { subject: 'Hi', html: '<img src="x">', text: '' } } },
  'another sender, and another address for answers': {
    settings: {
      from: { name: 'Müller, "Sons" & Co', address: 'news@müller.example' },
      replyTo: 'help@bücher.example',
    },
  },
  'a way out': { message: { unsubscribe: { url: `https://fanfare.example/u/v1.${'t'.repeat(100)}` } } },
  'a name that looks like a list': { message: { toName: 'Ada <a@b.example>, Eve; (x) @ \\' } },
}

describe('a mail reads the same, written by us or by nodemailer:', () => {
  test.each(Object.entries(mails))('%s', async (_name, changes) => {
    const message = { id: 'msg_1', ...changes.message }
    const [ours, reference] = await Promise.all(
      Object.values(WAYS).map(async (way) => readAs(await raw(way, { ...changes, message }))),
    )
    expect(ours).toEqual(reference)
  })

  const letters = fc.string({
    unit: fc.oneof(
      fc.constantFrom(' ', ' ', '\n', '\r\n', '.', '=', 'ü', '€', '🎉', 'From ', '\t', '--'),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    ),
    maxLength: 300,
  })
  const line = letters.map((text) => text.replaceAll(/\s+/g, ' ').trim())

  test('whatever its texts are', async () => {
    await fc.assert(
      fc.asyncProperty(line, letters, letters, async (subject, html, text) => {
        const message = { id: 'msg_1', content: { subject, html: `<p>${html}`, text: `:${text}` } }
        const [ours, reference] = await Promise.all(
          Object.values(WAYS).map(async (way) => readAs(await raw(way, { message }))),
        )
        expect(ours).toEqual(reference)
      }),
      { numRuns: 200 },
    )
  })

  test('whatever pieces its texts are in', async () => {
    const pieces = fc.array(fc.tuple(letters, fc.boolean()), { maxLength: 8 }).map((each) => {
      const made = each.map(([text, still]) => (still ? { text } : text))
      return ['x', ...made]
    })
    await fc.assert(
      fc.asyncProperty(pieces, pieces, async (html, text) => {
        const message = { id: 'msg_1', content: { subject: 'Hi', html: textOf(html), text: textOf(text) } }
        const ours = await readAs(await raw(composer, { message: { ...message, pieces: { html, text } } }))
        expect(ours).toEqual(await readAs(await raw(mailComposer, { message })))
      }),
      { numRuns: 200 },
    )
  })
})

describe('a mail of ours', () => {
  test.each(Object.entries(mails))('keeps to the limits of the wire: %s', async (_name, changes) => {
    const written = (await raw(composer, changes)).toString('latin1')
    expect(written.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
    expect(written.endsWith('\r\n')).toBe(true)
    const lines = written.split('\r\n')
    expect(lines.filter((each) => !each.startsWith('List-') && each.length > 78)).toEqual([])
    expect(lines.filter((each) => each.startsWith('.') || /[ \t]$/.test(each))).toEqual([])
    expect(written).toMatch(/^[\t\r\n -~]*$/)
  })
})

/** What a reader gets to see of a mail. */
async function readAs(written: Buffer): Promise<unknown> {
  const mail = await simpleParser(written)
  const { subject, messageId, text, html, attachments } = mail
  const people = [mail.from, mail.to, mail.replyTo].map((each) => (Array.isArray(each) ? null : each?.value))
  return {
    subject,
    messageId,
    people,
    html: settled(html),
    text: settled(text),
    attachments: attachments.length,
    fields: mail.headerLines.map(({ key }) => key).toSorted(),
    list: listFields(mail),
    type: (mail.headers.get('content-type') as { value: string }).value, // mailparser's form of this field
  }
}

const settled = (text: string | false | undefined): unknown =>
  text && text.replaceAll(/\r\n?|\n/g, '\n').trimEnd()

const listFields = (mail: ParsedMail): string[] =>
  mail.headerLines
    .filter(({ key }) => key.startsWith('list-'))
    .map(({ line }) => line)
    .toSorted()
