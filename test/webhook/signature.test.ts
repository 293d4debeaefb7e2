import { expect, test } from 'vitest'
import { signatureHeaders } from '../../activities/effects/webhook/signature.ts'

const SIGNING = {
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  timestamp: 1_614_265_330,
  body: Buffer.from('{"test": 2432232314}'),
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
}

test('a signature is the one that every library of Standard Webhooks works out', () => {
  expect(signatureHeaders(SIGNING)).toEqual({
    'webhook-id': SIGNING.id,
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  })
})

test('a secret in any other writing is its own bytes', () => {
  const key = Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64')
  const plain = signatureHeaders({ ...SIGNING, secret: 'hush' })['webhook-signature']
  const whsec = `whsec_${Buffer.from('hush').toString('base64')}`
  expect(signatureHeaders({ ...SIGNING, secret: whsec })['webhook-signature']).toBe(plain)
  expect(key.length).toBe(24)
})

test.each([
  ['id', { id: 'msg_other' }],
  ['time', { timestamp: 1_614_265_331 }],
  ['body', { body: null }],
  ['secret', { secret: 'other' }],
])('another %s has another signature', (_, change) => {
  const signature = signatureHeaders(SIGNING)['webhook-signature']
  expect(signatureHeaders({ ...SIGNING, ...change })['webhook-signature']).not.toBe(signature)
})
