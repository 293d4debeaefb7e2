import { expect, test } from 'vitest'
import { seal, unseal } from '../../db/seal.ts'

const secret = 'the first secret of thirty-two characters'
const place = { workspace: 1, purpose: 'transport email' }

test('a sealed text opens in its place and nowhere else', () => {
  const sealed = seal(secret, place, 'open sesame')
  expect(unseal(secret, place, sealed)).toBe('open sesame')
  expect(unseal(secret, { ...place, workspace: 2 }, sealed)).toBeUndefined()
  expect(unseal(secret, { ...place, purpose: 'transport sms' }, sealed)).toBeUndefined()
  expect(unseal('another secret of thirty-two characters', place, sealed)).toBeUndefined()
})

test('no byte of a sealed text can be changed or dropped', () => {
  const sealed = seal(secret, place, 'open sesame')
  for (let at = 0; at < sealed.length; at++) {
    const changed = Buffer.from(sealed)
    changed[at]! ^= 1
    expect(unseal(secret, place, changed)).toBeUndefined()
    expect(unseal(secret, place, sealed.subarray(0, at))).toBeUndefined()
  }
})

test('the same text is sealed differently each time', () => {
  expect(seal(secret, place, 'x').equals(seal(secret, place, 'x'))).toBe(false)
})
