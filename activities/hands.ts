import { ownerOf, type Job } from './job.ts'

/** The enrollments whose jobs one carrier has in hand, from their claim until their outcomes are written. */
export interface Hands {
  /** Takes hold of those that no other carrier of this process holds, and answers them. */
  take(jobs: Job[]): Job[]
  letGo(enrollment: number): void
  count(): number
}

/** `holders` is the process's: two carriers with one job could take back what the other hands over. */
export function openHands(holders: Map<number, Hands>): Hands {
  const held = new Map<number, number>()
  const hands: Hands = {
    take(jobs) {
      const free = jobs.filter((job) => (holders.get(ownerOf(job).enrollment) ?? hands) === hands)
      for (const { enrollment } of free.map(ownerOf)) {
        held.set(enrollment, (held.get(enrollment) ?? 0) + 1)
        holders.set(enrollment, hands)
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
