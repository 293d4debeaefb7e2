import { defineConfig } from 'vitest/config'
import { ClosingLine } from './test/support/closing-line.ts'

/** Rooms whose tests need no service: they start at once. */
const PURE = ['test/flow/**/*.test.ts', 'test/render/**/*.test.ts']

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    reporters: ['default', new ClosingLine()],
    projects: [
      { extends: true, test: { name: 'pure', include: PURE, sequence: { groupOrder: 0 } } },
      {
        extends: true,
        test: {
          name: 'live',
          include: ['test/**/*.test.ts'],
          exclude: PURE,
          globalSetup: './test/support/services.ts',
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
