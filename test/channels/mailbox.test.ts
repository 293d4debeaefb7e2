import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseMailbox } from '../../activities/channels/smtp/mailbox.ts'

test.each([
  ['ada@example.org', 'ada@example.org'],
  ["o'brien+news@mail.example.org", "o'brien+news@mail.example.org"],
  ['ADA@Example.ORG', 'ADA@example.org'],
  ['ada@müller.example', 'ada@xn--mller-kva.example'],
  ['zoë@example.org', 'zoë@example.org'],
  ['root@localhost', 'root@localhost'],
])('%s is the mailbox %s', (text, address) => {
  expect(parseMailbox(text)?.address).toBe(address)
})

test('only letters beyond ASCII before the @ ask for a special server', () => {
  expect(parseMailbox('zoë@example.org')?.international).toBe(true)
  expect(parseMailbox('zoe@müller.example')?.international).toBe(false)
})

test('nothing that comes out can leave the brackets of an envelope', () => {
  const parts = fc.constantFrom(
    'ada',
    '@',
    'example.org',
    '\r\n',
    '>',
    '<',
    ',',
    ' ',
    ';',
    '"',
    '(',
    '\0',
    'ü',
    '.',
    ':',
    '\\',
  )
  const text = fc.oneof(
    fc.string(),
    fc.array(parts).map((each) => each.join('')),
    fc.string({ unit: 'binary' }),
  )
  fc.assert(
    fc.property(text, (each) => {
      const mailbox = parseMailbox(each)
      if (!mailbox) return
      expect(mailbox.address).not.toMatch(/[\s<>,;:"()[\]\\\p{Cc}\p{Zl}\p{Zp}]/u)
      expect(mailbox.address.split('@')).toHaveLength(2)
    }),
    { numRuns: 2_000 },
  )
})
