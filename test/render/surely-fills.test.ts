import { expect, test } from 'vitest'
import { surelyFills } from '../../activities/render/surely-fills.ts'

const sms = (text: string) => surelyFills('sms', { text })

test.each([
  ['words alone', 'Your prize is ready.'],
  ['a variable that the gate asks for', 'Hello {{ member.name }}'],
  ['a variable with a word that stands in for it', 'Hello {{ member.name | default: "you" | upcase }}'],
  ['a date', 'Until {{ prize.until | date: "%-d %B" }}.'],
])('a text of %s reaches everybody who passes the gate', (_, text) => {
  expect(sms(text)).toBe(true)
})

test.each([
  ['a branch', 'Hello {% if member.tier == "gold" %}{{ member.nick }}{% endif %}'],
  ['a variable that another stands in for', 'Hello {{ member.nick | default: member.name }}'],
  ['a filter that may fail', 'Hello {{ member.points | divided_by: member.none }}'],
  ['nothing of its own', '{{ member.name }}'],
  ['a loop', '{% for item in items %}{{ item.name }}{% endfor %}!'],
])('of a text with %s only rendering tells', (_, text) => {
  expect(sms(text)).toBe(false)
})

test('all fields of a content count', () => {
  const mail = { subject: 'You won, {{ member.name }}!', html: '<p>{{ prize.code }}</p>' }
  expect(surelyFills('email', mail)).toBe(true)
  expect(surelyFills('email', { ...mail, subject: '{{ prize.name }}' })).toBe(false)
  expect(
    surelyFills('push', { title: 'Winner!', body: 'Yours', url: 'https://shop.example/{{ prize.code }}' }),
  ).toBe(true)
})
