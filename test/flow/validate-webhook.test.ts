import { expect, test } from 'vitest'
import { validate } from '../../flow/validate.ts'
import { catalogWith, winnerWith } from './winner.ts'

const REACH = { hosts: ['crm.internal'], loopback: false }

/** What is said about a webhook step, by place and code. */
function said(request: object, more: object = {}): string[] {
  const extra = {
    kind: 'webhook',
    request: { url: 'https://shop.example', method: 'POST', ...request },
    ...more,
    exits: { next: null, failed: null },
  }
  const problems = validate(winnerWith({ extra }), catalogWith({ secrets: ['shop'], reach: REACH }))
  const own = problems.filter(({ path }) => path.startsWith('nodes.extra.'))
  return own.map(({ severity, path, code }) => `${severity} ${path.slice('nodes.extra.'.length)} ${code}`)
}

test.each([
  [{}],
  [{ body: '{"name": {{ member.name | json }}}', secret: 'shop' }],
  [{ headers: { 'X-Api-Key': 'k', 'Content-Type': 'text/plain' } }],
  [{ url: 'http://crm.internal:81/hook' }],
  [{ url: 'https://shop.example:8443/hook?x=1' }],
])('a request that can be made raises no doubt: %j', (request) => {
  expect(said(request)).toEqual([])
})

test.each([
  [{ url: '' }, 'error request.url webhook-url'],
  [{ url: 'shop.example' }, 'error request.url webhook-url'],
  [{ url: 'https://user:password@shop.example' }, 'error request.url webhook-url'],
  [{ url: 'https://shop.example:22' }, 'warning request.url webhook-unreachable'],
  [{ url: 'https://10.0.0.7' }, 'warning request.url webhook-unreachable'],
  [{ url: 'http://0x7f.1' }, 'warning request.url webhook-unreachable'],
  [{ url: 'http://localhost:8080' }, 'warning request.url webhook-unreachable'],
  [{ url: 'http://shop.example' }, 'warning request.url webhook-open'],
  [{ url: 'https://shop.example/{{ member.id }}' }, 'warning request.url webhook-literal'],
  [{ headers: { 'X-Name': '{{ member.name }}' } }, 'warning request.headers.X-Name webhook-literal'],
  [{ headers: { Host: 'other.example' } }, 'error request.headers.Host webhook-header'],
  [{ headers: { 'Idempotency-Key': 'mine' } }, 'error request.headers.Idempotency-Key webhook-header'],
  [{ headers: { 'Webhook-Signature': 'v1,x' } }, 'error request.headers.Webhook-Signature webhook-header'],
  [{ headers: { 'X-A': '1', 'x-a': '2' } }, 'error request.headers.x-a webhook-header'],
  [{ method: 'GET', body: '{}' }, 'error request.body webhook-body'],
  [{ secret: 'unknown' }, 'error request.secret no-secret'],
])('%j: %s', (request, line) => {
  expect(said(request)).toEqual([line])
})

test.each(['PT0.5S', 'PT61S', 'PT1H'])('an answer is not waited for %s', (timeout) => {
  expect(said({}, { timeout })).toEqual(['error timeout webhook-timeout'])
})
