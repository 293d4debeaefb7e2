import { expect, test } from 'vitest'
import { RenderFault } from '../../activities/render/render-fault.ts'
import { html, rendered, scopeOf, sms } from './sample.ts'

const faultOf = (work: () => unknown): RenderFault => {
  try {
    work()
  } catch (error) {
    if (error instanceof RenderFault) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

test.each([
  ['{% include "package.json" %}'],
  ['{% render "package.json" %}'],
  ['{% layout "package.json" %}'],
  ['{% increment n %}'],
  ['{{ member.name | raw }}'],
  ['{{ member.name | nonsense }}'],
  ['{{ list | where_exp: "item", "item.x" }}'],
  ['{{ list | sample }}'],
  ['{% fanfare_link %}x{% endfanfare_link %}'],
  ['{{ member.name'],
])('a template cannot use what is not safe: %s', (text) => {
  expect(() => sms(text, scopeOf({ name: 'Ana', x: 1 }))).toThrow(/not found|undefined filter|not closed/)
})

test.each([
  '{{ member.constructor }}',
  '{{ member.__proto__ }}',
  '{{ member.name.constructor.constructor }}',
  '{{ constructor }}',
  '{{ __proto__.toString }}',
  '{{ event["constructor"]["prototype"] }}',
  '{{ member.hasOwnProperty }}',
])('a prototype is never in reach: %s', (text) => {
  expect(faultOf(() => sms(text, scopeOf({ name: 'Ana' }))).code).toBe('missing-variable')
})

test('data that names itself __proto__ changes nothing', () => {
  const data = JSON.parse('{"__proto__":{"polluted":"yes"},"constructor":{"name":"x"}}') as Record<
    string,
    unknown
  > // hostile
  expect(sms('{{ constructor.name }}', scopeOf(data, data))).toBe('x')
  expect(faultOf(() => sms('{{ polluted }}', scopeOf(data, data))).code).toBe('missing-variable')
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined() // every object, if a prototype was changed
})

test.each([
  '{% for i in (1..100000000) %}x{% endfor %}',
  '{% for a in (1..9999) %}{% for b in (1..9999) %}{% for c in (1..9999) %}x{% endfor %}{% endfor %}{% endfor %}',
  '{% assign x = "ab" %}{% for i in (1..99) %}{% assign x = x | append: x %}{% endfor %}{{ x }}',
  '{% for i in (1..50000) %}{{ big }}{% endfor %}',
  `{% for i in (1..90000) %}${'x'.repeat(1_000)}{% endfor %}`,
])('an endless or bloated template is stopped: %s', (text) => {
  const scope = scopeOf({}, { big: 'x'.repeat(10_000) })
  expect(faultOf(() => sms(text, scope)).code).toBe('limit')
  expect(faultOf(() => html(text, scope)).code).toBe('limit')
})

test('a missing variable without a default refuses the message and is named as the template writes it', () => {
  const fault = faultOf(() => sms('Hi {{ member.name }}', scopeOf({})))
  expect(fault).toMatchObject({ code: 'missing-variable', field: 'text', variable: 'member.name' })
  expect(fault.message).toBe('no value for member.name in text')
})

test('null is no value', () => {
  expect(faultOf(() => sms('{{ member.name }}', scopeOf({ name: null }))).code).toBe('missing-variable')
  expect(faultOf(() => sms('{{ member.phone }}')).code).toBe('missing-variable')
  expect(sms('{{ member.name | default: "friend" }}', scopeOf({ name: null }))).toBe('friend')
})

test('a fault never holds a value of the member, even when the path is made of values', () => {
  const scope = scopeOf({ secret: 'ES9121000418450200051332' }, { prices: {} })
  const fault = faultOf(() => sms('{{ event.prices[member.secret].net }}', scope))
  expect(JSON.stringify([fault.message, fault])).not.toContain('ES91')
  const other = faultOf(() => sms('{{ member.secret | base64_decode | divided_by: member }}', scope))
  expect(JSON.stringify([other.message, other])).not.toContain('ES91')
})

test('a default covers the whole expression, and its argument is needed only when it is used', () => {
  expect(sms('{{ member.nick | upcase | default: "friend" }}')).toBe('friend')
  expect(sms('{{ member.nick | default: member.name }}', scopeOf({ nick: 'Nana' }))).toBe('Nana')
  expect(sms('{{ member.nick | default: member.name }}', scopeOf({ name: 'Ana' }))).toBe('Ana')
  expect(faultOf(() => sms('{{ member.nick | default: member.name }}')).variable).toBe('member.name')
  expect(sms('{{ member.vip | default: true, allow_false: true }}', scopeOf({ vip: false }))).toBe('false')
})

test('a condition on a missing variable is false, and a name assigned from one has no value', () => {
  expect(sms('{% if member.vip %}yes{% else %}no{% endif %}')).toBe('no')
  expect(sms('{% assign vip = member.vip %}{% if vip %}yes{% else %}no{% endif %}')).toBe('no')
  expect(faultOf(() => sms('{% assign nick = member.nick %}Hi {{ nick }}')).code).toBe('missing-variable')
})

test('dates are written in the language, the zone and at the moment of the message', () => {
  expect(sms('{{ "now" | date: "%Y-%m-%d %H:%M" }}')).toBe('2026-11-21 10:00')
  expect(sms('{{ entry.at | date: "%H:%M" }}')).toBe('11:00')
  expect(sms('{{ "2026-11-21T23:30:00Z" | date: "%d %H" }}')).toBe('22 00')
  expect(sms('{{ "today" | date: "%H:%M", "America/New_York" }}')).toBe('04:00')
  const spanish = rendered({ content: { text: '{{ "now" | date: "%A" }}' }, locale: 'es' })
  expect(spanish.content.text).toBe('sábado')
})

test('event data is at the root, too, but takes over no name of ours', () => {
  const scope = scopeOf({ name: 'Ana' }, { member: { name: 'Eve' }, links: 1, prize: { name: 'Bicycle' } })
  expect(
    sms('{{ member.name }} {{ prize.name }} {{ event.prize.name }} {{ event.member.name }}', scope),
  ).toBe('Ana Bicycle Bicycle Eve')
})

test('an attribute does not pass for the address of a member', () => {
  expect(sms('{{ member.email }}', scopeOf({ email: 'eve@members.example' }))).toBe('ana@members.example')
})

test('a message of which nothing is left is refused', () => {
  expect(faultOf(() => sms('{% if member.vip %}Hi{% endif %} ')).message).toBe('nothing is left of text')
  expect(faultOf(() => sms('{{ member.name }}', scopeOf({ name: '' }))).code).toBe('empty')
})
