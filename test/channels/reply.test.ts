import { expect, test } from 'vitest'
import { refusalOf, type Stage } from '../../activities/channels/smtp/reply.ts'

test.each<[string, Stage, string]>([
  ['550 5.1.1 No such user', 'recipient', 'invalid-address'],
  ['550 5.1.2 No such domain', 'recipient', 'invalid-address'],
  ['553 5.1.3 Bad syntax', 'recipient', 'invalid-address'],
  ['551 5.1.6 Has moved', 'recipient', 'invalid-address'],
  ['556 5.1.10 Null MX', 'recipient', 'invalid-address'],
  ['554 5.1.8 Sender domain not found', 'recipient', 'config'],
  ['550 5.2.1 Disabled', 'recipient', 'invalid-address'],
  ['552 5.2.2 Over quota', 'recipient', 'unavailable'],
  ['552 5.2.3 Too big for the mailbox', 'body', 'content'],
  ['552 5.3.4 Too big for the system', 'body', 'content'],
  ['554 5.4.6 Routing loop', 'recipient', 'unavailable'],
  ['501 5.5.4 Bad argument', 'recipient', 'content'],
  ['554 5.6.0 Bad content', 'body', 'content'],
  ['554 5.7.1 Relay access denied', 'recipient', 'config'],
  ['550 5.7.26 Not authenticated', 'body', 'config'],
  ['535 5.7.8 Bad credentials', 'sign-in', 'config'],
  ['535 Bad credentials', 'sign-in', 'config'],
  ['530 Sign in first', 'sender', 'config'],
  ['550 No such user', 'recipient', 'invalid-address'],
  ['552 Over quota', 'recipient', 'unavailable'],
  ['550 Looks like spam', 'body', 'content'],
  ['552 Too big', 'body', 'content'],
  ['554 Go away', 'connect', 'config'],
  ['550-5.1.1 In several\n550 5.1.1 lines', 'recipient', 'invalid-address'],
  ['421 4.7.0 Too many connections', 'connect', 'rate-limited'],
  ['450 4.7.1 Greylisted', 'recipient', 'rate-limited'],
  ['451 Greylisted', 'recipient', 'rate-limited'],
  ['450 4.2.1 Receiving mail too quickly', 'recipient', 'rate-limited'],
  ['452 4.5.3 Too many recipients', 'recipient', 'rate-limited'],
])('%s, answered to %s, is %s', (reply, stage, kind) => {
  expect(refusalOf(reply, stage)).toMatchObject({ outcome: 'rejected', class: kind })
})

test.each([
  '452 4.2.2 Full',
  '451 4.4.1 No answer from host',
  '452 4.3.1 Disk full',
  '450 4.1.1 Unverified',
  '452 Full',
])('%s has not left and may be tried again', (reply) => {
  expect(refusalOf(reply, 'recipient')).toMatchObject({
    outcome: 'not-sent',
    retryAfterMs: expect.any(Number),
  })
})

test.each(['', '250 Ok', '354 Go ahead', 'HTTP/1.1 400', '55', '999 5.1.1'])('%j is no refusal', (reply) => {
  expect(refusalOf(reply, 'body')).toBeUndefined()
})
