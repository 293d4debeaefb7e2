import { expect, test } from 'vitest'
import { analyse } from '../../activities/render/analyse.ts'
import { analyseContent } from '../../activities/render/analyse-content.ts'
import { templateSchema } from '../../flow/template.ts'

const ofText = (text: string) => analyseContent({ channel: 'sms', content: { text }, path: 'content.sms.en' })
const ofHtml = (html: string) =>
  analyseContent({ channel: 'email', content: { subject: 's', html }, path: 'content.email.en' })
const required = (text: string) => ofText(text).facts.required
const codes = (html: string) =>
  ofHtml(html).problems.map(({ code, line, column }) => `${code} ${line}:${column}`)

test.each([
  ['{{ member.name }} {{ prize.code | upcase }}', ['member.name', 'prize.code']],
  ['{{ member.name | default: "friend" }}', []],
  ['{{ member.name | upcase | default: "friend" }}', []],
  ['{{ "Hi" | append: member.name }}', ['member.name']],
  ['{{ a | default: b }}', []],
  ['{% if vip %}{{ member.name }}{% endif %}', []],
  ['{% for item in items %}{{ item.name }} {{ forloop.index }} {{ shop }}{% endfor %}', ['items']],
  ['{% for item in items offset: continue limit: most %}{% endfor %}', ['items', 'most']],
  ['{% for item in items %}{% endfor %}{{ item.name }}', ['item.name', 'items']],
  ['{% assign x = a %}{{ x }}', []],
  ['{% capture x %}{{ a }}{% endcapture %}{{ x }}', ['a']],
  ['{% liquid echo a %}', ['a']],
  ['{% case a %}{% when b %}{{ c }}{% endcase %}', []],
  ['{{ a["b"].c[0] }} {{ d["e.f"].g }} {{ h[i.j].k }}', ['a.b.c.0', 'd', 'h', 'i.j']],
  ['{{ links.unsubscribe }} {{ links.view }}', []],
  ['{% comment %}{{ a }}{% endcomment %}{% raw %}{{ b }}{% endraw %}', []],
])('%s needs %j', (text, names) => {
  expect(required(text)).toEqual(names)
})

test('what may be read is told from its root, so that publishing can hold it against the trigger', () => {
  const { used } = ofText(
    '{% if vip %}{{ member.name }}{% endif %}{{ event.prize }}{{ journey.x | default: code }}',
  ).facts
  expect(used).toEqual(['event.code', 'event.prize', 'event.vip', 'journey.x', 'member.name'])
})

test('links are listed as they are written', () => {
  const { links } = ofHtml(
    '<a href="https://a.example/{{ id }}">a</a><a href="mailto:b@b.example">b</a>',
  ).facts
  expect(links).toEqual(['https://a.example/{{ id }}', 'mailto:b@b.example'])
})

test.each([
  ['{{ member.name', 'Output "{{ member.name" not closed. (line 1, column 1)'],
  [
    'one\n  {% include "x" %}',
    'There is no tag "include". Remove it or correct its name. (line 2, column 3)',
  ],
  ['{{ a | raw }}', 'There is no filter "raw". Remove it or correct its name. (line 1, column 1)'],
  ['{% if a %}', 'Tag {% if a %} not closed. (line 1, column 1)'],
])('a fault of Liquid has its position: %s', (text, message) => {
  const [problem] = ofText(text).problems
  expect(problem).toMatchObject({ path: 'content.sms.en.text', code: 'liquid', severity: 'error' })
  expect(problem?.message.replace(/column \d+/, 'column')).toBe(message.replace(/column \d+/, 'column'))
})

test.each([
  ['<script>var x = "{{ a }}"</script>', ['unsafe-place 1:18']],
  ['<script type="application/ld+json">{"code": "{{ a }}"}</script>', []],
  ['<a onclick="go(\'{{ a }}\')">x</a>', ['unsafe-place 1:17']],
  ['<p {{ a }}>', ['unsafe-place 1:4']],
  ['<p {% if a %}class="b"{% endif %}>', []],
  ['<{{ a }}>', ['unsafe-place 1:2']],
  ['</{% if a %}{{ a }}{% endif %}>', ['unsafe-place 1:13']],
  ['1 < {{ a }}', []],
  ['<iframe srcdoc="{{ a }}">', ['unsafe-place 1:17']],
  ['<p>\n<a href="{% if a %}https://a.example">x</a>{% endif %}', ['split-address 2:10']],
  ['<a href="javascript:alert(1)">x</a>', ['unsafe-link 1:10']],
  ['<style>p { color: {{ a }} }</style>', []],
])('values are refused where escaping cannot protect: %s', (html, expected) => {
  expect(codes(html)).toEqual(expected)
})

test('names that cannot exist are doubted, and more of them where the names are known', () => {
  const text = '{{ links.unsubscibe }} {{ entry.name }} {{ member.nmae }} {{ prize.code }} {{ member.email }}'
  const doubted = (known?: { attributes: string[]; eventFields: string[] }) =>
    analyseContent({ channel: 'sms', content: { text }, path: 'p', known }).problems.map(
      ({ message }) => message,
    )
  expect(doubted()).toEqual([
    'There is no variable "links.unsubscibe". Correct its name or give it a default. (line 1, column 4)',
    'There is no variable "entry.name". Correct its name or give it a default. (line 1, column 27)',
  ])
  expect(doubted({ attributes: ['name'], eventFields: ['prize'] })).toHaveLength(3)
})

test('the facts of a template are kept per channel and locale, and a missing default locale is a warning', () => {
  const body = templateSchema.parse({
    name: 'Hello',
    defaultLocale: 'en',
    content: {
      sms: { en: { text: '{{ member.name }}' }, es: { text: 'Hola' } },
      whatsapp: { es: { template: 'hola', language: 'es', params: ['member.name', 'a | default: "b"'] } },
    },
  })
  const { facts, problems } = analyse(body)
  expect(facts.content.sms).toMatchObject({ en: { required: ['member.name'] }, es: { required: [] } })
  expect(facts.content.whatsapp).toMatchObject({ es: { required: ['member.name'] } })
  expect(problems.map(({ path, code, severity }) => [path, code, severity])).toEqual([
    ['content.whatsapp', 'no-default-locale', 'warning'],
  ])
})

test('what Liquid would silently leave out is doubted at its place', () => {
  const content = { template: 'hola', language: 'es', params: ['member.name', 'member name'] }
  const { problems } = analyseContent({ channel: 'whatsapp', content, path: 'content.whatsapp.es' })
  expect(problems).toMatchObject([
    { path: 'content.whatsapp.es.params.1', code: 'ignored-text', severity: 'warning' },
  ])
  const html = '{% if a b %}{{ a }}{% endif %}{% if a == b and not c %}{{ a | date: "%d" }}{% endif %}'
  expect(codes(html)).toEqual(['ignored-text 1:9'])
})
