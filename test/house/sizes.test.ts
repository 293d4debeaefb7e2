import { expect, test } from 'vitest'
import { sourceFiles, textOf } from '../support/source-files.ts'

const sizes = sourceFiles('flow', 'db', 'workflows', 'activities', 'server', 'test')
  .map((file) => ({ file, lines: textOf(file).split('\n').length - 1 }))
  .toSorted((a, b) => a.lines - b.lines)
const rooms = sizes.filter(({ file }) => !file.startsWith('test/'))

test('no file is longer than 300 lines', () => {
  expect(sizes.filter(({ lines }) => lines > 300)).toEqual([])
})

test('half of the files fit on a screen of 60 lines, and nine in ten stay under 180', () => {
  expect(rooms[Math.floor(rooms.length / 2)]?.lines).toBeLessThanOrEqual(60)
  expect(rooms[Math.floor(rooms.length * 0.9)]?.lines).toBeLessThanOrEqual(180)
})
