import type { Explained } from '../flow/conditions/explain.ts'
import { own } from '../flow/own.ts'
import type { Reader } from '../flow/reader.ts'
import { explainAbout } from './audience-truth.ts'
import { missing } from './fault.ts'
import { readMember } from './member-views.ts'
import type { Memory } from './memory.ts'
import type { Tx } from './pool.ts'

/** Whether a member is in a saved audience now, and what each of its questions found. */
export async function whyInAudience(
  tx: Tx,
  memory: Memory,
  { key, member, reader }: { key: string; member: string; reader: Reader },
): Promise<Explained> {
  const { id } = await readMember(tx, member)
  const { audiences } = await memory.workspace(tx)
  const where = own(audiences, key)
  if (!where) return { truth: false, told: [{ path: '', truth: false, decisive: true, says: UNSOUND }] }
  const explained = await explainAbout(tx, memory, { where, member: id, reader })
  if (!explained) throw missing('member')
  return explained
}

const UNSOUND = 'the audiences it names lead back to themselves, so nobody is in it'
