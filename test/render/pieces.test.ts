import fc from 'fast-check'
import { expect, test } from 'vitest'
import { textOf } from '../../activities/channels/piece.ts'
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

/** Makes the mails of one template for all scopes, both ways; the first ones leave their shape to the later ones. */
function compare(content: { subject: string; html: string; text?: string }, scopes: Scope[]): void {
  const compiled = compile('email', content)
  for (const { tracked, marketing } of WAYS) {
    for (const scope of scopes) {
      const vars = compiled.collect(scope, when)
      const way = { tracking: tracked ? tracking : null, locale: 'en' }
      const links = tracked ? tracking.links : SAMPLE_LINKS
      const made = outcome(() => renderVars(compiled, { ...way, vars, marketing }))
      const reference = outcome(() =>
        referenceMail({
          content,
          scope: scopeOfVars(vars, links),
          setting: { ...when, locale: 'en' },
          tracking: way.tracking,
          unsubscribe: marketing ? links.unsubscribe : null,
        }),
      )
      if (typeof made === 'string') {
        expect(made).toEqual(reference)
        continue
      }
      expect(made.content).toEqual(reference)
      for (const [field, pieces] of Object.entries(made.pieces)) {
        const whole = made.content[field as 'html' | 'text'] ?? '' // the fields that have pieces
        expect(textOf(pieces)).toBe(whole)
        expect(decoded(quotedPrintable(pieces))).toBe(onWire(whole))
      }
    }
  }
}

const outcome = <T>(work: () => T): T | string => {
  try {
    return work()
  } catch (error) {
    return (error as Error).message // whatever was thrown: both sides must throw the same
  }
}

const onWire = (text: string): string => text.toWellFormed().replaceAll(/\r?\n/g, '\r\n')

/** As the RFC has it: blanks at the end of a line are the way's, and no line is longer than 76. */
function decoded(written: string): string {
  expect(written).toMatch(/^[\t\r\n -~]*$/)
  const lines = written.split('\r\n')
  expect(lines.filter((line) => line.length > 76 || line.startsWith('.'))).toEqual([])
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
  (_, ready) => {
    for (const { content } of Object.values(ready.templates)) {
      for (const mail of Object.values(content.email ?? {})) {
        const scopes = [undefined, ...names].map((name) =>
          scopeOf({ name, welcomeVoucherEndsAt: '2026-12-05' }, ready.data),
        )
        compare(mail, scopes)
      }
    }
  },
)

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

test('any mail is made in pieces as it is made whole, for members of every kind', () => {
  fc.assert(
    fc.property(
      source,
      fc.option(source, { nil: undefined }),
      fc.array(data, { minLength: 1, maxLength: 6 }),
      (html, text, members) => {
        const content = { subject: 'For {{ a }}', html, ...(text === undefined ? {} : { text }) }
        try {
          compile('email', content)
        } catch {
          return // no template at all
        }
        compare(
          content,
          members.map((each) => scopeOf({}, each)),
        )
      },
    ),
    { numRuns: 500 },
  )
})
