import fc from 'fast-check'
import { expect, test } from 'vitest'
import { wordsWithoutAddress } from '../../activities/channels/words.ts'

test.each([
  ['550 5.1.1 <ada@example.org>: unknown', '550 5.1.1 <address>: unknown'],
  ['550 ADA@EXAMPLE.ORG is unknown', '550 <address> is unknown'],
  ['550 User ada unknown; see bob@example.net', '550 User <address> unknown; see <address>'],
  ['550 bounces+ada=40example.org@x.example', '550 <address>'],
  ['250 2.0.0 Ok: queued as 4F9D195432C', '250 2.0.0 Ok: queued as 4F9D195432C'],
  ['250 Canada welcomes you', '250 Canada welcomes you'],
  ['250-first\r\n250 second\0', '250-first 250 second'],
])('%j becomes %j', (said, shown) => {
  expect(wordsWithoutAddress(said, 'ada@example.org')).toBe(shown)
})

test('a phone number is taken out of what a provider says', () => {
  expect(wordsWithoutAddress('The number +491701234567 is blocked', '+491701234567')).toBe(
    'The number <address> is blocked',
  )
})

test('whatever a provider says around it, the address is gone and the words are one short line', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 400 }), fc.string(), fc.emailAddress(), (before, after, address) => {
      const words = wordsWithoutAddress(`${before} <${address}> ${after}`, address)
      expect(words).not.toContain(address)
      expect(words).not.toMatch(/[\r\n\0]/)
      expect(words.length).toBeLessThanOrEqual(300)
    }),
  )
})
