import { defineConfig } from 'vitest/config'
import { ClosingLine } from './test/support/closing-line.ts'

/** Rooms whose tests need no service, or bring their own: they start at once. */
const ALONE = ['test/flow/**/*.test.ts', 'test/render/**/*.test.ts', 'test/start/**/*.test.ts']

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    maxConcurrency: 20, // concurrent tests are stories that wait side by side
    testTimeout: 30_000,
    hookTimeout: 60_000,
    reporters: ['default', new ClosingLine()],
    projects: [
      { extends: true, test: { name: 'alone', include: ALONE, sequence: { groupOrder: 0 } } },
      {
        extends: true,
        test: {
          name: 'live',
          include: ['test/**/*.test.ts'],
          exclude: ALONE,
          globalSetup: './test/support/services.ts',
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
