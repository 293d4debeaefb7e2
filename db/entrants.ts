import type { Entrant } from './enter.ts'
import type { Tx } from './pool.ts'

/**
 * Members who enter without an event of their own (one message, a test run); `data` stands for its data. What is
 * received from now on came after their entry: the caller holds the members' locks.
 */
export async function entrantsWithout(
  tx: Tx,
  members: number[],
  entry: { type: string | null; data: Record<string, unknown> },
): Promise<Entrant[]> {
  const [clock] = await tx.rows<{ seq: number; at: Date }>(
    `select nextval(pg_get_serial_sequence('event', 'id')) seq, now() at`,
  )
  const { seq, at } = clock ?? { seq: 0, at: new Date() }
  return members.map((member) => ({ member, seq, entry: { id: null, at: at.getTime(), ...entry } }))
}
