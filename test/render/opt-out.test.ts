import { expect, test } from 'vitest'
import { segmentsOf } from '../../activities/render/segments.ts'
import { rendered, tracking } from './sample.ts'

const { unsubscribe } = tracking.links
const email = (html: string, rest: { marketing: boolean; locale?: string; text?: string }) => {
  const { text, ...options } = rest
  const content = { subject: 's', html, ...(text && { text }) }
  return rendered({ channel: 'email', content, tracked: true, ...options }).content
}
const sms = (text: string, marketing: boolean, locale = 'en') =>
  rendered({ content: { text }, marketing, locale, tracked: true }).content.text

test('marketing mail without an unsubscribe link gets one, in HTML and text, in its language', () => {
  const { html, text } = email('<html><body><p>Hola</p></body></html>', { marketing: true, locale: 'es' })
  expect(html).toContain(`<a href="${unsubscribe}">Darse de baja</a></p><img`)
  expect(text).toContain(`Darse de baja [${unsubscribe}]`)
  expect(email('<p>x</p>', { marketing: true, locale: 'ja' }).html).toContain('>Unsubscribe</a>')
})

test('a text part of its own gets the link, too', () => {
  expect(email('<p>x</p>', { marketing: true, text: 'Plain.' }).text).toBe(
    `Plain.\n\nUnsubscribe: ${unsubscribe}`,
  )
})

test('a preview shows it once in each, as the message will', () => {
  const body = { channel: 'email', content: { subject: 's', html: '<p>x</p><a href="#top">Up</a>' } } as const
  const { html, text } = rendered({ ...body, marketing: true }).content
  expect(html?.match(/unsubscribe"/g)).toHaveLength(1)
  expect(text).toBe('x\n\nUp\n\nUnsubscribe [#unsubscribe]')
})

test('an author who thought of it is not corrected, unless the link was in a branch not taken', () => {
  const own = '<p><a href="{{ links.unsubscribe }}">Bye</a></p>'
  expect(email(own, { marketing: true }).html?.split(unsubscribe)).toHaveLength(2)
  const hidden = `{% if member.vip %}${own}{% endif %}`
  expect(email(hidden, { marketing: true }).html).toContain('>Unsubscribe</a>')
})

test('marketing SMS says how to stop, transactional messages do not', () => {
  expect(sms('Sale today.', true)).toBe('Sale today.\nReply STOP to opt out')
  expect(sms('Hoy rebajas.', true, 'es-MX')).toBe('Hoy rebajas.\nResponde STOP para darte de baja')
  expect(sms('Sale. STOP to end', true)).toBe('Sale. STOP to end')
  expect(sms('Unstoppable, do not stop!', true)).toContain('Reply STOP')
  expect(sms('Your code is 123456.', false)).toBe('Your code is 123456.')
  expect(email('<p>x</p>', { marketing: false }).html).not.toContain(unsubscribe)
})

test.each(['en', 'es', 'de', 'fr', 'pt'])('the STOP text in %s leaves an SMS in GSM-7', (locale) => {
  const added = sms('x', true, locale) ?? ''
  // 160 characters fit one segment in GSM-7, 70 in UCS-2
  expect(segmentsOf(added.padEnd(160, 'x'))).toBe(1)
})
