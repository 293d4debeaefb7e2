import { expect, test } from 'vitest'
import { linkOf } from '../../activities/render/content-of.ts'
import { readToken } from '../../activities/render/token.ts'
import { templateSchema } from '../../flow/template.ts'
import { html, keys, PUBLIC_URL, rendered, scopeOf, tracking } from './sample.ts'

const tracked = (source: string, scope = scopeOf({})) =>
  rendered({ channel: 'email', content: { subject: 's', html: source }, scope, tracked: true })

const hrefs = (source: string | undefined) =>
  [...(source ?? '').matchAll(/href="([^"]*)"/g)].map(([, href]) => href)

test('web links lead through a token that names the message and the link, and nothing else', () => {
  const { content, targets } = tracked(
    '<a href="https://a.example/?x=1&amp;y=2">a</a><a href="http://b.example">b</a>',
  )
  expect(targets).toEqual(['https://a.example/?x=1&y=2', 'http://b.example/'])
  const tokens = hrefs(content.html).map((href) => href?.replace(`${PUBLIC_URL}/c/`, '') ?? '')
  expect(tokens.map((token) => readToken(keys, 'click', token))).toEqual([
    { workspace: 1, message: 42, link: 0 },
    { workspace: 1, message: 42, link: 1 },
  ])
})

test.each(['mailto:help@shop.example', 'tel:+34600000001', '#top', '/relative', ''])(
  'a link that is none of the web stays as it is: %s',
  (href) => {
    const { content, targets } = tracked(`<a href="${href}">x</a>`)
    expect(content.html).toContain(`<a href="${href}">x</a>`)
    expect(targets).toEqual([])
  },
)

test.each([
  'javascript:alert(1)',
  ' JaVa\tScript:alert(1)',
  '\u0001javascript:alert(1)',
  'vbscript:x',
  'data:text/html,<script>alert(1)</script>',
])('a value cannot make a link run anything: %j', (url) => {
  const scope = scopeOf({ url })
  expect(html('<a href="{{ member.url }}">x</a>', scope)).toBe('<a href="#">x</a>')
  expect(html('<img src="{{ member.url }}">', scope)).toBe('<img src="#">')
  expect(tracked('<a href="{{ member.url }}">x</a>', scope).targets).toEqual([])
})

test('nor can one that hides behind entities or an author’s own prefix', () => {
  expect(html('<a href="java&#115;cript:{{ member.x }}">x</a>', scopeOf({ x: 1 }))).toBe('<a href="#">x</a>')
  expect(html('<a href="javascript:void(0)">x</a>')).toBe('<a href="#">x</a>')
})

test('links are found in single quotes, without quotes, in capitals and under conditions', () => {
  const source = `<A HREF='https://a.example/'>a</A><a class=x href=https://b.example/{{ member.id }}>b</a>
    <a {% if member.vip %}href="https://vip.example/"{% else %}href="https://c.example/"{% endif %}>c</a>
    <area href="{% if member.vip %}https://vip.example/{% else %}https://d.example/{% endif %}">`
  const { content, targets } = tracked(source, scopeOf({ id: 9 }))
  expect(targets).toEqual([
    'https://a.example/',
    'https://b.example/9',
    'https://c.example/',
    'https://d.example/',
  ])
  expect(content.html).not.toMatch(/(a|b|c|d)\.example/)
})

test('what looks like a link and is none is left alone', () => {
  const source = `<!-- <a href="https://a.example/"> --><style>a[href="https://b.example/"]{}</style>
    <p title='<a href="https://c.example/">'>{% raw %}<a href="https://d.example/">{% endraw %}</p>`
  const { content, targets } = tracked(source)
  expect(targets).toEqual([])
  for (const host of 'abcd') expect(content.html).toContain(`https://${host}.example/`)
})

test('links of a loop are told apart, and each is found again from its number', () => {
  const source = '{% for item in event.items %}<a href="https://shop.example/{{ item.id }}">x</a>{% endfor %}'
  const content = { email: { en: { subject: 's', html: source } } }
  const body = templateSchema.parse({ name: 'Shop', defaultLocale: 'en', content })
  const { vars, targets } = tracked(source, scopeOf({}, { items: [{ id: 'a' }, { id: 'b' }, { id: 'c' }] }))
  expect(targets).toHaveLength(3)
  const message = {
    body,
    templateVersionId: 1,
    channel: 'email',
    locale: 'en',
    vars,
    tracking,
    marketing: false,
  } as const
  expect([0, 1, 2, 3].map((n) => linkOf(message, n))).toEqual([...targets, undefined])
})

test('our own links are not tracked, others that carry them are', () => {
  const source =
    '<a href="{{ links.unsubscribe }}">u</a><a href="{{ links.preferences }}">p</a><a href="{{ links.view }}">v</a>'
  const { content, targets } = tracked(source)
  expect(hrefs(content.html)).toEqual(Object.values(tracking.links))
  expect(targets).toEqual([])
})

test('the address of a push is tracked when it is one of the web, and dropped when it is not', () => {
  const push = (url: string) =>
    rendered({ channel: 'push', content: { title: 't', body: 'b', url }, tracked: true })
  expect(push('https://shop.example/prizes')).toMatchObject({
    content: { url: tracking.click(0) },
    targets: ['https://shop.example/prizes'],
  })
  expect(push('javascript:alert(1)').content.url).toBeUndefined()
})

test('the open pixel stands once, inside the body', () => {
  const inBody = tracked('<html><body><p>x</p></body></html>').content.html
  expect(inBody).toContain(`<img src="${tracking.open}"`)
  expect(inBody).toMatch(/border:0"><\/body><\/html>$/)
  expect(tracked('<p>x</p>').content.html?.split(tracking.open)).toHaveLength(2)
  expect(
    tracked('{% if member.x %}<p></p></body>{% endif %}').content.html?.split(tracking.open),
  ).toHaveLength(2)
})
