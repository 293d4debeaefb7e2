import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mayEnter, nextAfter } from '../../flow/launch-pace.ts'
import { secondsLeft, speedNow } from '../../flow/launch-progress.ts'

const MINUTE = 60_000

/** Who enters when somebody looks at these moments, each time as many as may. */
function entries(perMinute: number, looks: number[]): { at: number; entered: number }[] {
  let nextAt = 0
  return looks.map((now) => {
    const entered = mayEnter({ perMinute, nextAt }, now)
    if (entered > 0) nextAt = nextAfter({ perMinute, nextAt }, now, entered)
    return { at: now, entered }
  })
}

const sum = (all: { entered: number }[]): number => all.reduce((before, one) => before + one.entered, 0)
const each = (everyMs: number, untilMs: number): number[] =>
  Array.from({ length: Math.floor(untilMs / everyMs) + 1 }, (_, n) => n * everyMs)

test.each([
  [1, 1_000],
  [60, 250],
  [1_000, 250],
  [999, 700],
  [600_000, 250],
])('%i a minute are as many after an hour, however the looks fall', (perMinute, everyMs) => {
  const looks = each(everyMs, 60 * MINUTE)
  const share = ((looks.at(-1) ?? 0) * perMinute) / MINUTE
  expect(Math.abs(sum(entries(perMinute, looks)) - share)).toBeLessThanOrEqual(1)
})

test('the first enters at once, and each minute brings its share', () => {
  const entered = entries(60, each(250, 2 * MINUTE))
  expect(entered[0]).toEqual({ at: 0, entered: 1 })
  for (const from of [0, MINUTE])
    expect(sum(entered.filter(({ at }) => at > from && at <= from + MINUTE))).toBe(60)
})

/** By how many the entries of the fullest span, of any length, go beyond what its length allows. */
function excess(all: { at: number; entered: number }[], perMinute: number): number {
  const spans = all.flatMap((first, from) =>
    all.slice(from).map((last, length) => {
      const allowed = ((last.at - first.at + 10_000) * perMinute) / MINUTE + 1
      return sum(all.slice(from, from + length + 1)) - allowed
    }),
  )
  return Math.max(...spans)
}

test('however looks fall, never more enter in any span than its length and ten seconds allow', () => {
  const gaps = fc.array(fc.integer({ min: 1, max: 120_000 }), { minLength: 1, maxLength: 40 })
  fc.assert(
    fc.property(gaps, fc.integer({ min: 1, max: 100_000 }), (gapsMs, perMinute) => {
      let now = 0
      const looks = gapsMs.map((gap) => (now += gap))
      expect(excess(entries(perMinute, looks), perMinute)).toBeLessThanOrEqual(1e-6)
    }),
  )
})

test('after an hour in which nothing ran, ten seconds are made up for and no more', () => {
  const [, back] = entries(600, [0, 60 * MINUTE])
  expect(back?.entered).toBe(101)
})

test('a delay of a few seconds is made up for', () => {
  expect(sum(entries(600, [0, 5_000, 10_000]))).toBe(101)
})

test('what is left takes as long as it does at this speed; while nobody enters, nobody can say', () => {
  expect([secondsLeft(0, 0), secondsLeft(100, 0), secondsLeft(100, 8)]).toEqual([0, null, 13])
})

test('a launch that began a second ago is as fast as it was in that second, and one that halts gets slower', () => {
  const weighed = 100 * (1 - Math.exp(-1 / 10)) // what is noted of 100 members in the first second
  const speed = { perSecond: weighed, at: 1_000, since: 0 }
  expect(speedNow(speed, 1_000)).toBeCloseTo(100)
  expect(speedNow(speed, 31_000)).toBeLessThan(1)
})
