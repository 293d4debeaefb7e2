import type { ConsentChange } from './consents.ts'
import type { Tx } from './pool.ts'

/** A consent with the instant it was given: what can be told apart from another. */
export type DatedConsent = ConsentChange & { at: string }

/** Those of these consents that the ledger does not hold yet, each once. The caller holds the members' locks. */
export async function unrecorded<C extends DatedConsent>(tx: Tx, changes: C[]): Promise<C[]> {
  const known = await tx.rows<Known>(
    `select member, topic, channel, state, source, at from consent
     where member = any($1::bigint[]) and at = any($2::timestamptz[])`,
    [
      [...new Set(changes.map((one) => one.member))],
      [...new Set(changes.map((one) => new Date(one.at).toISOString()))],
    ],
    'consents-recorded',
  )
  const seen = new Set(known.map(keyOf))
  return changes.filter((one) => {
    const key = keyOf({ ...one, at: new Date(one.at) })
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}

type Known = Pick<ConsentChange, 'member' | 'topic' | 'channel' | 'state' | 'source'> & { at: Date }

const keyOf = ({ member, topic, channel, state, source, at }: Known): string =>
  JSON.stringify([member, topic, channel, state, source, at.getTime()])
