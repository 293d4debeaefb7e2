import { expect, test } from 'vitest'
import { preview } from '../../activities/render/preview.ts'
import { templateSchema } from '../../flow/template.ts'
import { scopeOf } from './sample.ts'

const body = templateSchema.parse({
  name: 'Winner',
  defaultLocale: 'en',
  content: {
    email: {
      en: {
        subject: 'Hi {{ member.name }}',
        html: '<p>{{ prize.name }}</p><a href="https://a.example/">a</a>',
      },
    },
    sms: { en: { text: 'Hi {{ member.name }}' }, es: { text: '¡Hola {{ member.name }}! 🎉' } },
    voice: { en: { say: 'Hello {{ member.name }}' } },
  },
})
const scope = scopeOf({ name: 'Ana' }, { prize: { name: 'Bike & bell' } })
const when = { now: 0, timeZone: 'UTC' }

test('a preview shows the content of the member’s language as it would be sent, with untracked links', () => {
  expect(preview({ body, channel: 'email', locale: 'es', scope, ...when })).toEqual({
    locale: 'en',
    subject: 'Hi Ana',
    html: '<p>Bike &amp; bell</p><a href="https://a.example/">a</a>',
    text: 'Bike & bell\n\na [https://a.example/]',
    problems: [],
  })
  expect(preview({ body, channel: 'sms', locale: 'es-MX', scope, ...when })).toMatchObject({
    text: '¡Hola Ana! 🎉',
    segments: 1,
  })
  expect(preview({ body, channel: 'voice', locale: null, scope, ...when })).toMatchObject({
    text: 'Hello Ana',
  })
})

test('segments count what is added to marketing', () => {
  const content = { text: 'x'.repeat(150) }
  const of = (marketing: boolean) =>
    preview({ body, channel: 'sms', locale: 'en', scope, content, marketing, ...when })
  expect([of(false).segments, of(true).segments]).toEqual([1, 2])
})

test('values that are missing leave gaps and a problem each', () => {
  const gaps = preview({ body, channel: 'email', locale: 'en', scope: scopeOf({}), ...when })
  expect(gaps).toMatchObject({ subject: 'Hi', html: '<p></p><a href="https://a.example/">a</a>' })
  expect(gaps.problems.map(({ code, message }) => `${code}: ${message}`)).toEqual([
    'missing-variable: No value for member.name: this message would not be sent. Give it a default or fill it in.',
    'missing-variable: No value for prize.name: this message would not be sent. Give it a default or fill it in.',
  ])
})

test('a content that is being written is previewed in place of the stored one', () => {
  const content = { text: 'Draft for {{ member.name }}' }
  expect(preview({ body, channel: 'sms', locale: 'fr', scope, content, ...when })).toMatchObject({
    locale: 'fr',
    text: 'Draft for Ana',
    problems: [],
  })
})

test('a fault is a problem with its position, not an error', () => {
  const broken = preview({ body, channel: 'sms', locale: 'en', scope, content: { text: '\n{{ x' }, ...when })
  expect(broken.problems).toMatchObject([{ code: 'liquid', path: 'content.text', line: 2, column: 1 }])
  const endless = '{% for i in (1..99999999) %}x{% endfor %}'
  const stopped = preview({ body, channel: 'sms', locale: 'en', scope, content: { text: endless }, ...when })
  expect(stopped).toMatchObject({ problems: [{ code: 'limit', path: 'content.text' }] })
  expect(stopped.text).toBeUndefined()
})

test('a channel without content says so', () => {
  expect(preview({ body, channel: 'telegram', locale: 'en', scope, ...when }).problems).toMatchObject([
    { code: 'no-content', severity: 'error' },
  ])
})
