import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readToken, signToken } from '../../activities/render/token.ts'
import { PURPOSES, tokenKeys } from '../../activities/render/token-keys.ts'

const keys = tokenKeys('the secret in force')
const payload = { workspace: 3, message: 123_456_789_012 }
const token = signToken(keys, 'unsubscribe', payload)

test('a token gives back what it names, for any ids', () => {
  const id = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })
  const small = fc.integer({ min: 0, max: 2 ** 31 - 1 })
  fc.assert(
    fc.property(small, id, small, (workspace, message, link) => {
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
  for (const text of ['', 'v1..', 'v1', `${token}A`, `${token} `, `\n${token}`, token.replace('v2', 'v1')]) {
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

test('links that were signed as at first still open', () => {
  const old = {
    unsubscribe: 'v1.yAOUtOT0ywM.z3R830dcNMEwGCTxqg6y5g',
    click: 'v1.yAOUtOT0ywMC.-Ga5ZQcE_k6nYH6cyKK0PA',
  }
  expect(readToken(keys, 'unsubscribe', old.unsubscribe)).toEqual(payload)
  expect(readToken(keys, 'click', old.click)).toEqual({ ...payload, link: 2 })
  expect(readToken(keys, 'preferences', 'v1.yANN.uyG8YONJWp4XvpHscm-I_A')).toEqual({
    workspace: 3,
    member: 77,
  })
  expect(readToken(keys, 'view', old.unsubscribe)).toBeUndefined()
})

test('no two tokens have the same seal, whatever they name', () => {
  const numbers = [0, 1, 2, 127, 128, 2 ** 31 - 1]
  const ids = [...numbers, 2 ** 32, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER]
  const named = numbers.flatMap((workspace) => ids.map((message) => ({ workspace, message })))
  const tokens = named.flatMap((of) => [
    signToken(keys, 'preferences', { workspace: of.workspace, member: of.message }),
    ...(['unsubscribe', 'view', 'open'] as const).map((purpose) => signToken(keys, purpose, of)),
    ...numbers.map((link) => signToken(keys, 'click', { ...of, link })),
  ])
  expect(new Set(tokens.map((each) => each.split('.')[2])).size).toBe(tokens.length)
})
