import type { Channel } from '../flow/channels/channel.ts'
import type { ConsentFact } from '../flow/facts.ts'
import { missing } from './fault.ts'
import { memberSearch } from './member-search.ts'
import type { Tx } from './pool.ts'
import { STANDING } from './standing.ts'

/** A member as domain systems and operators see them. */
export interface MemberView {
  id: number
  externalId: string
  email: string | null
  phone: string | null
  locale: string | null
  timeZone: string | null
  attributes: Record<string, unknown>
  tags: string[]
  preferredChannels: Channel[]
  /** Instants as ISO 8601 text, as JSON carries them. */
  consents: (Omit<ConsentFact, 'at'> & { at: string })[]
  createdAt: Date
  updatedAt: Date
}

const VIEW = `m.id, m.external_id "externalId", m.locale, m.time_zone "timeZone", m.attributes, m.tags,
  m.preferred_channels "preferredChannels", m.created_at "createdAt", m.updated_at "updatedAt",
  (select value from address where member = m.id and kind = 'email' order by created_at, value limit 1) email,
  (select value from address where member = m.id and kind = 'phone' order by created_at, value limit 1) phone,
  coalesce((select jsonb_agg(jsonb_build_object('topic', topic, 'channel', channel, 'state', state, 'source', source,
    'at', to_char(at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) order by topic, channel)
    from consent_state where member = m.id), '[]') consents`

/** The member with this external id; undefined when there is none, or no longer. */
export async function findMember(tx: Tx, externalId: string): Promise<MemberView | undefined> {
  const [member] = await tx.rows<MemberView>(
    `select ${VIEW} from member m where external_id = $1 and erased_at is null`,
    [externalId],
  )
  return member
}

/** The same, where the caller needs one. */
export async function readMember(tx: Tx, externalId: string): Promise<MemberView> {
  const member = await findMember(tx, externalId)
  if (!member) throw missing('member')
  return member
}

export async function membersById(tx: Tx, ids: number[]): Promise<MemberView[]> {
  return tx.rows<MemberView>(`select ${VIEW} from member m where id = any($1::bigint[]) order by id desc`, [
    ids,
  ])
}

export interface MemberQuery {
  /** The beginning of an external id, e-mail address, phone number or name. */
  q?: string | undefined
  /** Only members that came before this id. */
  before?: number | undefined
  limit: number
}

/** Ids of members, newest first. */
export async function findMemberIds(
  tx: Tx,
  { q, before = Number.MAX_SAFE_INTEGER, limit }: MemberQuery,
): Promise<number[]> {
  const params: unknown[] = [before, limit]
  const from = q ? `(${memberSearch(q, params)}) found where` : `member m where ${STANDING} and`
  const rows = await tx.rows<{ id: number }>(
    `select id from ${from} id < $1 order by id desc limit $2`,
    params,
  )
  return rows.map((row) => row.id)
}
