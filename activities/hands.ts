import type { Job } from './decide.ts'

/** The enrollments whose messages one carrier has in hand, from their claim until their outcomes are written. */
export interface Hands {
  /** Takes hold of those that no other carrier of this process holds, and answers them. */
  take(jobs: Job[]): Job[]
  letGo(enrollment: number): void
  count(): number
}

/** `holders` is the process's: two carriers with one message could take back what the other hands over. */
export function openHands(holders: Map<number, Hands>): Hands {
  const held = new Map<number, number>()
  const hands: Hands = {
    take(jobs) {
      const free = jobs.filter(({ message }) => (holders.get(message.enrollment) ?? hands) === hands)
      for (const { message } of free) {
        held.set(message.enrollment, (held.get(message.enrollment) ?? 0) + 1)
        holders.set(message.enrollment, hands)
      }
      return free
    },
    letGo(enrollment) {
      const left = (held.get(enrollment) ?? 1) - 1
      if (left > 0) return void held.set(enrollment, left)
      held.delete(enrollment)
      holders.delete(enrollment)
    },
    count: () => held.size,
  }
  return hands
}
