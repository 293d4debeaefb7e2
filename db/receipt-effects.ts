import { CHANNEL_SPECS } from '../flow/channels/registry.ts'
import { keywordOf } from '../flow/keyword.ts'
import { recordConsents, type ConsentChange } from './consents.ts'
import type { Desk } from './desk.ts'
import { wakeExits } from './exits.ts'
import { readyStands, type StandKey } from './hot/stands.ts'
import type { Tx } from './pool.ts'
import type { Matched } from './receipts.ts'
import { suppress } from './suppressions.ts'

/** What receipts say about the member beyond their message: addresses that are dead, people who want no more. */
export async function heed(tx: Tx, desk: Desk, matched: Matched[]): Promise<void> {
  await suppress(
    tx,
    matched.flatMap((one) => suppression(one, desk)),
  )
  await recordConsents(tx, desk, matched.flatMap(consentChange))
  const members = [...new Set(matched.map(({ subject }) => subject.member))]
  await wakeExits(tx, desk.memory, { members, cause: { changed: 'receipts' } })
}

/** Everybody with an address that these receipts are about to suppress. */
export async function sharers(tx: Tx, desk: Desk, matched: Matched[]): Promise<number[]> {
  const digests = matched.flatMap((one) => suppression(one, desk)).map((one) => one.digest)
  if (digests.length === 0) return []
  const rows = await tx.rows<{ member: number }>(
    'select member from address where digest = any($1::bytea[])',
    [digests],
  )
  return rows.map((row) => row.member)
}

function suppression({ receipt, subject }: Matched, { digest }: Desk) {
  const { id, channel, to } = subject
  const why =
    receipt.kind === 'complained'
      ? 'complaint'
      : receipt.kind === 'bounced' && receipt.data?.hard
        ? 'hard-bounce'
        : null
  if (why === null || to === null) return []
  return [{ channel, digest: digest(CHANNEL_SPECS[channel].addressKind, to), why, message: id }]
}

function consentChange({ receipt, subject }: Matched): ConsentChange[] {
  const change = { member: subject.member, channel: subject.channel, topic: '*' }
  if (receipt.kind === 'complained') return [{ ...change, state: 'revoked', source: 'complaint' }]
  if (receipt.kind === 'opted-out') return [{ ...change, state: 'revoked', source: 'provider' }]
  const text = receipt.kind === 'replied' ? receipt.data?.text : undefined
  const keyword = text && keywordOf(text)
  if (!keyword) return []
  const state = keyword === 'stop' ? 'revoked' : 'granted'
  return [{ ...change, state, source: `reply-${keyword}`, wording: text }]
}

/** Members who rest at a send until its message gets further are decided on at once. */
export async function wakeAwaiting(tx: Tx, matched: Matched[]): Promise<void> {
  const due = await tx.rows<StandKey>(
    `update enrollment e set due_at = now()
     from unnest($1::bigint[], $2::text[]) r(id, node)
     where e.id = any($1::bigint[]) and e.id = r.id and e.node = r.node and e.state = 'resting' and e.walk is null
       and e.rest->'awaits'->'receipt' = 'true' and e.due_at > now()
     returning e.version, e.node, e.lane`,
    [matched.map(({ subject }) => subject.enrollment), matched.map(({ subject }) => subject.node)],
    'wake-awaiting',
  )
  await readyStands(tx, due)
}
