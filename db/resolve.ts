import { recordAudit } from './audit.ts'
import { conflict, missing } from './fault.ts'
import { lockMembers } from './hot/claim.ts'
import { announceResend } from './hot/resends.ts'
import { makeRoom } from './hot/room.ts'
import { encodeId } from './ids.ts'
import type { Tx } from './pool.ts'

export type Resolution = 'sent' | 'failed' | 'resend'

/**
 * An operator's word on a message of which nobody knows whether it left. The journey has gone on and stays where it
 * is: only the row changes, and `resend` makes it wait for a grant again.
 */
export async function resolveMessage(
  tx: Tx,
  of: { message: number; as: Resolution; actor: string },
): Promise<void> {
  const { message, as, actor } = of
  const [row] = await tx.rows<{ member: number; period: string }>(
    'select member, period from message where id = $1',
    [message],
  )
  if (!row) throw missing('message')
  await lockMembers(tx, [row.member])
  if (as === 'resend') await refuseBarred(tx, message)
  const resolved = await tx.rows(
    `${RESOLVE[as]} where id = $1 and period = $2 and status = 'unknown' returning 1`,
    [message, row.period],
  )
  if (resolved.length === 0) {
    throw conflict(
      'message-not-unknown',
      'Only a message whose outcome is unknown can be resolved; this one is settled.',
    )
  }
  if (as === 'resend') await announceResend(tx)
  if (as === 'failed') await makeRoom(tx, [row.member])
  const subject = encodeId('message', message)
  await recordAudit(tx, {
    actor,
    action: 'message.resolve',
    subject,
    before: { status: 'unknown' },
    after: { as },
  })
}

/** A refusal that came while the outcome was open found no pending row to fail, so it is looked for here. */
async function refuseBarred(tx: Tx, message: number): Promise<void> {
  const barred = await tx.rows(
    `select from message m join flow_version v on v.id = m.version where m.id = $1 and (m."to" is null
       or exists (select from consent_state c where c.member = m.member and c.channel = m.channel and c.state = 'revoked'
         and (c.topic = '*' or (c.topic = m.topic and v.plan->'settings'->>'purpose' = 'marketing')))
       or exists (select from address a join suppression s on s.digest = a.digest and s.channel = m.channel
         where a.member = m.member and a.value = m."to"))`,
    [message],
  )
  if (barred.length > 0) {
    throw conflict(
      'may-not-send',
      'The member has opted out, bounced or been erased since; resolve it as sent or failed.',
    )
  }
}

const RESOLVE: Record<Resolution, string> = {
  sent: `update message set status = 'sent', sent_at = coalesce(sent_at, granted_at, now()), reason = null`,
  failed: `update message set status = 'failed', failed_at = now(), reason = '{"code": "resolved", "args": {"as": "failed"}}'`,
  resend: `update message set status = 'pending', resend = true, lease = null, retry_at = null, reason = null,
    attempts = coalesce(attempts, '[]') || jsonb_build_object('at', granted_at, 'outcome', 'unknown', 'response', response),
    response = null`,
}
