const TWO_32 = 2 ** 32

/**
 * A stable number in [0, 1) for this member and salt. Sums, shifts and one small multiplier only: SQL gives the same
 * answer over bigint without overflow.
 */
export function bucketOf(memberId: number, salt: string): number {
  const folded = (memberId % TWO_32) ^ Math.floor(memberId / TWO_32)
  return (mix(mix(folded ^ saltOf(salt)) ^ 0x5bd1e995) >>> 0) / TWO_32
}

function mix(seed: number): number {
  const once = Math.imul((seed >>> 16) ^ seed, 0x45d9f3b)
  const twice = Math.imul((once >>> 16) ^ once, 0x45d9f3b)
  return (twice >>> 16) ^ twice
}

/** FNV-1a over code points, as 32 bits without a sign. */
export function saltOf(text: string): number {
  let hash = 0x811c9dc5
  for (const character of text) hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193)
  return hash >>> 0
}
