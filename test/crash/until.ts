import { vi } from 'vitest'

/** Waits for a condition, however busy the machine is: that a test ends says nothing about time. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  await vi.waitUntil(condition, { timeout: 80_000, interval: 50 })
}
