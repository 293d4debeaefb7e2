import { vi } from 'vitest'
import { expectBalance, type Rows } from '../engine/balance.ts'

/** Waits for a condition, however busy the machine is: that a test ends says nothing about time. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  await vi.waitUntil(condition, { timeout: 80_000, interval: 50 })
}

/** Waits until the books balance: a walk that finds nobody may just be ending when the last member has. */
export async function untilBalance(world: Rows): Promise<void> {
  await vi.waitFor(() => expectBalance(world), { timeout: 20_000, interval: 200 })
}
