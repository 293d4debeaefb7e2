import { expect, test } from 'vitest'
import { dotted } from '../../activities/channels/smtp/dotted.ts'

const over = (text: string): string => dotted(Buffer.from(text, 'latin1')).toString('latin1')

test('a message that needs nothing travels as it is, uncopied', () => {
  const raw = Buffer.from('Subject: Hi\r\n\r\nHello.\r\nWorld . \r\n')
  expect(dotted(raw)).toBe(raw)
})

test.each([
  ['a line of one dot', 'a\r\n.\r\nb\r\n', 'a\r\n..\r\nb\r\n'],
  ['lines that begin with dots', '.a\r\n..b\r\n.\r\n.\r\n', '..a\r\n...b\r\n..\r\n..\r\n'],
  ['a missing last line break', 'a\r\nb', 'a\r\nb\r\n'],
  ['nothing', '', '\r\n'],
  ['empty lines at the end', 'a\r\n\r\n', 'a\r\n\r\n'],
  ['bytes beyond ASCII', '.\xfc\xff\r\n', '..\xfc\xff\r\n'],
])('%s comes out right', (_case, raw, expected) => {
  expect(over(raw)).toBe(expected)
})

test.each([
  'a\n.\nRCPT',
  'a\r.\rRCPT',
  'a\n.\r\nRCPT',
  'a\r.\r\nRCPT',
  'a\r\r\n.\nRCPT',
  'a\r\n.\rRCPT',
  '\n.\n',
  'a\r',
])('no server takes %j for the end of a message', (raw) => {
  const wire = over(raw)
  expect(wire.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
  expect(wire.split('\r\n')).not.toContain('.')
})
