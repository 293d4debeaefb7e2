import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Piece, textOf } from '../../activities/channels/piece.ts'
import { quotedPrintable } from '../../activities/channels/smtp/quoted-printable.ts'
import { compile } from '../../activities/render/compile.ts'
import { renderVars } from '../../activities/render/render.ts'
import { SAMPLE_LINKS } from '../../activities/render/sample-links.ts'
import { scopeOfVars } from '../../activities/render/vars.ts'
import { GALLERY } from '../../flow/gallery/gallery.ts'
import type { Scope } from '../../flow/scope.ts'
import { referenceMail } from './reference.ts'
import { scopeOf, tracking } from './sample.ts'

interface Way {
  tracked: boolean
  marketing: boolean
}
const WAYS: Way[] = [
  { tracked: false, marketing: false },
  { tracked: true, marketing: true },
]
const when = { now: Date.parse('2026-11-21T09:00:00Z'), timeZone: 'Europe/Madrid' }

interface Mail {
  subject: string
  html: string
  text?: string
}

/** Each mail, or why there is none: in pieces joined, in pieces as decoded by a receiver, and the long way. */
interface Compared {
  joined: unknown
  received: unknown
  reference: unknown
}

/** All mails of one template; the first ones leave their shape to the later ones. */
function compare(content: Mail, scopes: Scope[]): Compared[] {
  const compiled = compile('email', content)
  return WAYS.flatMap(({ tracked, marketing }) =>
    scopes.map((scope) => {
      const vars = compiled.collect(scope, when)
      const about = { tracking: tracked ? tracking : null, locale: 'en' }
      const links = tracked ? tracking.links : SAMPLE_LINKS
      const mail = {
        ...about,
        content,
        scope: scopeOfVars(vars, links),
        setting: { ...when, ...about },
        unsubscribe: marketing ? links.unsubscribe : null,
      }
      const made = outcome(() => renderVars(compiled, { ...about, vars, marketing }))
      const reference = outcome(() => referenceMail(mail))
      if (typeof made === 'string') return { joined: made, received: made, reference }
      const inPieces = (read: (pieces: readonly Piece[]) => string) =>
        Object.fromEntries(Object.entries(made.pieces).map(([field, pieces]) => [field, read(pieces)]))
      const { subject } = made.content
      return {
        joined: { ...made.content, ...inPieces(textOf) },
        received: { subject, ...inPieces((pieces) => decoded(quotedPrintable(pieces))) },
        reference,
      }
    }),
  )
}

const joinedOf = (compared: Compared[]) => compared.map(({ joined }) => joined)
const receivedOf = (compared: Compared[]) => compared.map(({ received }) => received)
const referenceOf = (compared: Compared[]) => compared.map(({ reference }) => reference)
const onWire = (compared: Compared[]) =>
  referenceOf(compared).map((mail) => (typeof mail === 'string' ? mail : wired(mail)))

const outcome = <T>(work: () => T): T | string => {
  try {
    return work()
  } catch (error) {
    return (error as Error).message // whatever was thrown: both sides must throw the same
  }
}

/** With the line breaks of mail; halves of characters do not travel. */
const wired = (mail: unknown) =>
  Object.fromEntries(
    // fields of a reference mail are texts
    Object.entries(mail as Record<string, string>).map(([field, text]) => [
      field,
      field === 'subject' ? text : text.toWellFormed().replaceAll(/\r?\n/g, '\r\n'),
    ]),
  )

/** As the RFC has it: blanks at the end of a line are the way's. Throws where a rule of the wire is broken. */
function decoded(written: string): string {
  if (!/^[\t\r\n -~]*$/.test(written)) throw new Error('not plain ASCII')
  const lines = written.split('\r\n')
  if (lines.some((line) => line.length > 76 || line.startsWith('.'))) throw new Error('no line of a mail')
  const joined = lines
    .map((line) => line.trimEnd())
    .join('\r\n')
    .replaceAll('=\r\n', '')
  const bytes = joined.replaceAll(/=([0-9A-F]{2})/g, (_, code: string) =>
    String.fromCharCode(parseInt(code, 16)),
  )
  return Buffer.from(bytes, 'latin1').toString('utf8')
}

const names = [
  'Ana',
  'Bo & Co <x>',
  '',
  ' . ',
  "O'Hara",
  'Zoë 👩‍👩‍👧‍👦',
  'https://a.example/?x=1&y=2',
  'עברית',
  'a  b',
  '.',
  '-',
  '--',
  '=',
  'x\r',
  '\nx',
  '\u200b',
  '#',
  'e\u0301\u00a0',
  '\ue001',
]

test.each(GALLERY.map((ready) => [ready.name, ready] as const))(
  '%s is made in pieces as it is made whole',
  (_, { data, templates }) => {
    const mails = Object.values(templates).flatMap(({ content }) => Object.values(content.email ?? {}))
    const members = [undefined, ...names].map((name) => ({ name, welcomeVoucherEndsAt: '2026-12-05' }))
    const scopes = members.map((member) => scopeOf(member, data))
    const compared = mails.flatMap((mail) => compare(mail, scopes))
    expect(joinedOf(compared)).toEqual(referenceOf(compared))
    expect(receivedOf(compared)).toEqual(onWire(compared))
  },
)

test('of the text of a mail, only the values are made anew', () => {
  const mails = GALLERY.flatMap(({ data, templates }) =>
    Object.values(templates).flatMap(({ content: { email } }) =>
      email ? [{ data, content: email['en'] }] : [],
    ),
  )
  for (const { data, content } of mails) {
    const compiled = compile('email', content)
    const texts = ['Ana', "Zoë O'Hara"].map((name) => {
      const vars = compiled.collect(scopeOf({ name, welcomeVoucherEndsAt: '2026-12-05' }, data), when)
      return renderVars(compiled, { locale: 'en', vars, tracking, marketing: true }).pieces.text ?? []
    })
    const [ana, zoe] = texts.map((pieces) => pieces.filter((piece) => typeof piece !== 'string'))
    expect(ana?.length).toBeGreaterThan(1)
    expect(zoe?.every((still, n) => still === ana?.[n])).toBe(true)
  }
})

test.each([
  '<p>x<!--{{ a }}> y -->z',
  '<p>x<!-- {{ a }}-> y -->z',
  '<!-- [if mso]><v:rect href="{{ a }}"/><![endif]-->x',
  '<ol start="{{ a }}"><li>x</li></ol>',
  '<p>&{{ a }}; <{{ a }}p>x',
  '<xmp>{{ a }}</xmp><noscript>{{ a }}</noscript><svg><style>{{ a }}</style></svg><textarea>{{ a }}</textarea>',
  '<title>{{ a }}</title><style>{{ a }}</style><p title="{{ a }}">x',
  '<a href="https://a.example/">{{ a }}</a> <a href="{{ a }}">{{ a }}</a> <a href="mailto:{{ a }}">{{ a }}</a>',
])('no value of one member changes the shape of a mail for the next: %s', (html) => {
  const members = ['Ana', 'A & B', '--', '-', '7', 'amp', '#', 'https://a.example/', 'a@b.example'].map(
    (a) => ({ a }),
  )
  const compared = compare(
    { subject: 'Hi', html },
    members.map((data) => scopeOf({}, data)),
  )
  expect(joinedOf(compared)).toEqual(referenceOf(compared))
})

const value = fc.oneof(
  fc.constantFrom<unknown>(...names, 0, -1.5, true, false, null, [], ['x', '<'], { a: 'A', size: 's' }),
  fc.string({ unit: 'binary', maxLength: 8 }),
)
const data = fc.record(
  { a: value, b: value, c: value, list: fc.array(value, { maxLength: 3 }) },
  { requiredKeys: [] },
)
const path = fc.constantFrom(
  'a',
  'b',
  'c',
  'list',
  'event.a',
  'a.size',
  'list.first',
  'a.a',
  'links.unsubscribe',
  'links.view',
)
const print = fc.oneof(
  { weight: 4, arbitrary: path.map((at) => `{{ ${at} }}`) },
  path.map((at) => `{{ ${at} | default: "-" }}`),
  path.map((at) => `{{ ${at} | newline_to_br }}`),
  path.map((at) => `{{- ${at} | upcase -}}`),
  path.map((at) => `{{ ${at} | slice: 0 }}{{ ${at} | slice: 1 }}`),
)
const words = fc.oneof(
  fc.constantFrom(
    ' ',
    '  ',
    '\n',
    '\r\n',
    '\r',
    '.',
    '=',
    'ü',
    '🎉',
    '&',
    '&am',
    'amp;',
    '&nbsp;',
    '<',
    '</',
    '<!--',
    '-',
    '>',
    '->',
    '-->',
    '<b>',
    '</b>',
    '<p>',
    '</p>',
    '<br>',
    '<pre>',
    '</pre>',
    '<ol start="3"><li>',
    '</li></ol>',
    '<td>',
    '<title>',
    '</title>',
    '<body>',
    '</body>',
    '<a name="x">',
    '</a>',
    '<style>',
    '</style>',
    '\ue000',
    '\u200b',
    'http',
    'mailto:',
  ),
  fc.constantFrom('Hello', ', ', 'a long line of words. '.repeat(8)),
)
const place = fc.oneof(
  { weight: 3, arbitrary: print },
  fc.tuple(print, print).map(([href, text]) => `<a href="${href}">${text}</a>`),
  fc.tuple(print, words).map(([href, text]) => `<a href="https://x.example/${href}">${text}x</a>`),
  fc
    .tuple(words, print)
    .map(([, text]) => `<a href='http'>${text}</a><a href="https://x.example/">https://x.example/</a>`),
  print.map((title) => `<p title="${title}">`),
  print.map((start) => `<ol start="${start}"><li>x</li></ol>`),
  print.map((inside) => `<!-- ${inside} -->`),
  fc.tuple(words, print, words).map(([before, inside, after]) => `<!--${before}${inside}${after}-->`),
  fc.tuple(print, print).map(([outer, inner]) => `<a href="${outer}"><a href="${inner}">${inner}</a></a>`),
  fc
    .tuple(path, print, words)
    .map(([at, then, or]) => `{% if ${at} %}${then}${or}{% else %}${or}{% endif %}`),
  print.map(
    (each) => `{% for a in list %}${each}<i>{{ a }}</i>{% if a == 0 %}{% break %}{% endif %}{% endfor %}`,
  ),
  fc
    .tuple(path, print)
    .map(([at, text]) => `{% assign b = ${at} %}{% capture c %}<b>${text}</b>{% endcapture %}`),
  fc.constant('{% raw %}{{ a }}{% endraw %}{% cycle "x", "y" %}'),
  fc.constant('{% if a %}{% break %}{% endif %}'),
)
const source = fc
  .array(fc.oneof(words, place), { minLength: 1, maxLength: 12 })
  .map((parts) => parts.join(''))

const mail = fc
  .record(
    { subject: fc.constant('For {{ a }}'), html: source, text: source },
    { requiredKeys: ['subject', 'html'] },
  )
  .filter((content) => typeof outcome(() => compile('email', content)) !== 'string')

test('any mail is made in pieces as it is made whole, for members of every kind', () => {
  fc.assert(
    fc.property(mail, fc.array(data, { minLength: 1, maxLength: 6 }), (content, members) => {
      const compared = compare(
        content,
        members.map((each) => scopeOf({}, each)),
      )
      expect(joinedOf(compared)).toEqual(referenceOf(compared))
      expect(receivedOf(compared)).toEqual(onWire(compared))
    }),
    { numRuns: 500 },
  )
})
