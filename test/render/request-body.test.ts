import { expect, test } from 'vitest'
import { bodyProblem, renderBody } from '../../activities/render/request-body.ts'
import { buildScope } from '../../flow/scope.ts'

const SETTING = { now: Date.parse('2026-11-21T10:00:00Z'), timeZone: 'Europe/Madrid', locale: 'en' }
const EVIL = 'Ana", "admin": true, "x": "\n'

function bodyFor(source: string, { json = true, name = EVIL } = {}): string {
  const member = { externalId: 'm-1', email: null, phone: null, locale: null, attributes: { name, age: 30 } }
  const entry = { id: 'e', type: 'Won', at: 0, data: { prize: { code: 'BIKE', tags: ['a', 'b'] } } }
  const scope = buildScope({ member, enrollment: { entry, journey: { score: 7 } } })
  return renderBody({ source, json }, scope, SETTING)
}

test.each([
  ['between quotes', '{"name": "{{ member.name }}"}'],
  ['as a whole value', '{"name": {{ member.name | json }}}'],
  ['after another filter', '{"name": {{ member.name | append: "" | json }}}'],
])('a name that looks like JSON stays a name %s', (_, source) => {
  expect(JSON.parse(bodyFor(source))).toEqual({ name: EVIL })
})

test('lists, objects and numbers go out as what they are', () => {
  const source = '{"prize": {{ prize | json }}, "age": {{ member.age }}, "score": {{ journey.score | json }}}'
  const prize = { code: 'BIKE', tags: ['a', 'b'] }
  expect(JSON.parse(bodyFor(source))).toEqual({ prize, age: 30, score: 7 })
})

test('a body that the values would break is not sent', () => {
  expect(() => bodyFor('{"name": {{ member.name }}}')).toThrow('body is no JSON with the values given')
  expect(() => bodyFor('{"name": {{ member.name | json | upcase }}}')).toThrow('no JSON')
})

test('a value that is missing is named; one with a default is not missed', () => {
  expect(() => bodyFor('{"nick": {{ member.nick | json }}}')).toThrow('no value for member.nick in body')
  expect(bodyFor('{"nick": {{ member.nick | default: "friend" | json }}}')).toBe('{"nick": "friend"}')
})

test('no fault repeats a value', () => {
  const words = ['{{ member.name | date }}{', '{"a": {{ member.name }}', '{{ member.name | divided_by: 0 }}']
    .map((source) => {
      try {
        return bodyFor(source)
      } catch (error) {
        return String(error)
      }
    })
    .join()
  expect(words).not.toMatch(/Ana|admin/)
})

test('a body that is no JSON prints values as they are', () => {
  expect(bodyFor('name={{ member.name | url_encode }}', { json: false })).toMatch(/^name=Ana%22%2C/)
})

test('a body that would never end, or is too long, is given up', () => {
  const loop = '{% for i in (1..100000) %}{% for j in (1..100000) %}x{% endfor %}{% endfor %}'
  expect(() => bodyFor(loop, { json: false })).toThrow('too much work')
  expect(() => bodyFor('"{{ member.name }}"', { name: 'x'.repeat(1_000_001) })).toThrow('too much work')
})

test('Liquid that cannot be read is told with its place, before anybody is called', () => {
  expect(bodyProblem({ source: '{"a": 1}', json: true }, 'body')).toBeNull()
  expect(bodyProblem({ source: '{\n{% if %}', json: true }, 'body')).toMatchObject({
    code: 'liquid',
    line: 2,
  })
  expect(bodyProblem({ source: '{% include "package.json" %}', json: true }, 'body')?.message).toContain(
    'There is no tag "include"',
  )
})
