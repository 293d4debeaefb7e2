import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readToken, signToken } from '../../activities/render/token.ts'
import { PURPOSES, tokenKeys } from '../../activities/render/token-keys.ts'

const keys = tokenKeys('the secret in force')
const payload = { workspace: 3, message: 123_456_789_012 }
const token = signToken(keys, 'unsubscribe', payload)

test('a token gives back what it names, for any ids', () => {
  const id = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })
  fc.assert(
    fc.property(id, id, id, (workspace, message, link) => {
      const named = { workspace, message, link }
      expect(readToken(keys, 'click', signToken(keys, 'click', named))).toEqual(named)
    }),
  )
})

test('a token of one purpose opens no other', () => {
  for (const purpose of PURPOSES) {
    const read = readToken(keys, purpose, token)
    expect(read).toEqual(purpose === 'unsubscribe' ? payload : undefined)
  }
})

test('no change of a single character passes', () => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.= '
  const forged = Array.from(token).flatMap((_, n) =>
    Array.from(alphabet, (character) => token.slice(0, n) + character + token.slice(n + 1)),
  )
  expect(forged.filter((text) => text !== token && readToken(keys, 'unsubscribe', text))).toEqual([])
})

test('anything else is no token', () => {
  const accepts = (text: string) => readToken(keys, 'unsubscribe', text) !== undefined
  for (const text of ['', 'v1..', 'v1', `${token}A`, `${token} `, `\n${token}`, token.replace('v1', 'v2')]) {
    expect(accepts(text)).toBe(false)
  }
  fc.assert(fc.property(fc.string({ maxLength: 80 }), (text) => !accepts(text)))
})

test('tokens outlive a new secret as long as the former one is known', () => {
  expect(readToken(tokenKeys('a new secret', 'the secret in force'), 'unsubscribe', token)).toEqual(payload)
  expect(readToken(tokenKeys('a new secret'), 'unsubscribe', token)).toBeUndefined()
})

test('the same payload always gives the same short token', () => {
  expect(signToken(keys, 'unsubscribe', payload)).toBe(token)
  expect(token.length).toBeLessThan(48)
})
