import fc from 'fast-check'
import { expect, test } from 'vitest'
import { obeying } from '../../flow/acts.ts'
import { promised, stoodStill, type Pause } from '../../flow/pauses.ts'

const shift = (from: number, to: number): Pause => ({ from, to, clocks: 'shift' })
const clock = (since: number, until: number) => ({ code: 'wait', since, until })

/** Pauses one after the other, none of them empty. */
const pauses = fc
  .array(
    fc.record({
      gap: fc.integer({ min: 0, max: 30 }),
      length: fc.integer({ min: 1, max: 30 }),
      clocks: fc.constantFrom('shift' as const, 'catch-up' as const),
    }),
    { maxLength: 6 },
  )
  .map((drawn) => {
    let at = 0
    return drawn.map(({ gap, length, clocks }): Pause => {
      const from = at + gap
      at = from + length
      return { from, to: at, clocks }
    })
  })

/** Lets a clock run tick by tick, except while a pause that puts clocks off has it stand still. */
function ticked(since: number, length: number, stops: Pause[]): number {
  let now = since
  for (let left = length; left > 0; now += 1) {
    if (!stops.some(({ from, to, clocks }) => clocks === 'shift' && from <= now && now < to)) left -= 1
  }
  return now
}

test('a clock that is put off by pauses ends when one that stood still in each of them does', () => {
  fc.assert(
    fc.property(pauses, fc.nat({ max: 100 }), fc.integer({ min: 1, max: 100 }), (stops, since, length) => {
      // A pause that begins in the very tick a clock ends has nothing left to put off.
      const kept = stops.filter(({ from }) => from !== ticked(since, length, stops))
      expect(promised(clock(since, since + length), kept).dueAt).toBe(ticked(since, length, kept))
    }),
    { numRuns: 2_000 },
  )
})

test('an end that is given after some pauses and before others is put off by the later ones alone', () => {
  expect(promised(clock(50, 80), [shift(0, 40), shift(60, 70)]).dueAt).toBe(90)
})

test('what began in the middle of a pause is put off by the rest of it', () => {
  expect(promised(clock(30, 80), [shift(20, 70)]).dueAt).toBe(120)
  expect(stoodStill([shift(20, 70)], 30)).toBe(40)
})

test('a time of day is kept if it has not passed, and looked for anew from the end of the pause if it has', () => {
  const noon = { code: 'wait', until: 60 }
  expect(promised(noon, [shift(10, 50)])).toMatchObject({ dueAt: 60, anewFrom: null })
  expect(promised(noon, [shift(10, 70)])).toMatchObject({ dueAt: null, anewFrom: 70 })
  expect(promised(noon, [{ ...shift(10, 70), clocks: 'catch-up' }])).toMatchObject({
    dueAt: 60,
    anewFrom: null,
  })
})

test('dropped is what passed while the flow was paused, not what was due before nor what is due after', () => {
  const drop: Pause = { ...shift(20, 40), clocks: 'drop' }
  const ends = [20, 21, 40, 41].map((until) => promised(clock(0, until), [drop]).droppedWith !== null)
  expect(ends).toEqual([false, true, true, false])
})

test('a rest without an end has none after any pause', () => {
  fc.assert(
    fc.property(pauses, (stops) => {
      expect(promised({ code: 'sending-off', until: null }, stops).dueAt).toBeNull()
      expect(promised(null, stops).dueAt).toBeNull()
    }),
  )
})

test('who tests a draft is held by no pause, and by none put off', () => {
  const written = { rest: clock(0, 50), mark: null, arrivedAt: 0, enteredAt: 0, version: 7, atStart: false }
  const acts = { paused: true, pauses: [shift(10, 20)], takenOut: null }
  expect(obeying(acts, { ...written, test: false })).toMatchObject({
    paused: true,
    enrollment: { dueAt: 60 },
  })
  expect(obeying(acts, { ...written, test: true })).toMatchObject({
    paused: false,
    enrollment: { dueAt: 50 },
  })
})

test('who was taken out leaves, whoever entered a later version stays', () => {
  const written = { rest: null, mark: null, arrivedAt: 0, enteredAt: 0, atStart: false, test: false }
  const acts = { paused: false, pauses: [], takenOut: 7 }
  expect(obeying(acts, { ...written, version: 7 }).enrollment.mark).toEqual({ code: 'flow-stopped' })
  expect(obeying(acts, { ...written, version: 8 }).enrollment.mark).toBeNull()
})
