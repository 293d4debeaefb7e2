import { ownerOf, type Job } from './job.ts'

/** The jobs that one carrier has in hand, by their enrollments, from their claim until their outcomes are written. */
export interface Hands {
  /** Takes hold of those that nobody holds, and answers them: no other carrier of this process, nor this one already. */
  take(jobs: Job[]): Job[]
  letGo(job: Job): void
  /** Enrollments with a job in hand. */
  count(): number
}

/** `holders` is the process's: two carriers with one job could take back what the other hands over. */
export function openHands(holders: Map<number, Hands>): Hands {
  const held = new Map<number, Set<string>>()
  const hands: Hands = {
    take(jobs) {
      return jobs.filter((job) => {
        const { enrollment } = ownerOf(job)
        if ((holders.get(enrollment) ?? hands) !== hands) return false
        const own = held.get(enrollment) ?? new Set()
        if (own.has(nameOf(job))) return false
        held.set(enrollment, own.add(nameOf(job)))
        holders.set(enrollment, hands)
        return true
      })
    },
    letGo(job) {
      const { enrollment } = ownerOf(job)
      const own = held.get(enrollment)
      if (!own?.delete(nameOf(job)) || own.size > 0) return
      held.delete(enrollment)
      holders.delete(enrollment)
    },
    count: () => held.size,
  }
  return hands
}

const nameOf = (job: Job): string => ('message' in job ? `message ${job.message.id}` : `call ${job.call.id}`)
