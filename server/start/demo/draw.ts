import { bucketOf } from '../../../flow/bucket.ts'

/** Chances that fall the same each time: `n` is the person, `what` the question that is put to chance. */
export function draw(n: number, what: string): number {
  return bucketOf(n, what)
}

export function drawOne<T>(n: number, what: string, list: readonly T[]): T {
  return list[Math.floor(draw(n, what) * list.length)]! // below the length, as a draw is below 1
}

/** One of several with their weights. */
export function drawWeighted<T>(n: number, what: string, choices: readonly (readonly [T, number])[]): T {
  const total = choices.reduce((sum, [, weight]) => sum + weight, 0)
  let left = draw(n, what) * total
  for (const [choice, weight] of choices) {
    left -= weight
    if (left < 0) return choice
  }
  return choices[0]![0] // rounding ate the last share
}

/** A whole number from `least` up to `most`. */
export function drawWhole(n: number, what: string, [least, most]: readonly [number, number]): number {
  return least + Math.floor(draw(n, what) * (most - least + 1))
}
