import { invalid } from './fault.ts'
import type { Folded } from './member-fold.ts'
import type { Changed } from './hot/wake-waiting.ts'
import type { Tx } from './pool.ts'

/** What is said about a member beside their addresses and consents. */
export type Profile = Pick<Folded, 'locale' | 'timeZone' | 'preferredChannels' | 'attributes'>
type OfMember = Profile & { id: number }

const LARGEST = 256 * 1024

/** Writes what was said about locked members, logs changed preferences, and answers who has changed. */
export async function writeProfiles(tx: Tx, profiles: OfMember[], source = 'api'): Promise<Changed[]> {
  const spoken = profiles.filter(saysSomething)
  if (spoken.length === 0) return []
  const rows = spoken.map(({ id, locale, timeZone, preferredChannels, attributes }) => ({
    id,
    fields: { locale, timeZone, preferredChannels },
    ...attributes,
  }))
  const changed = await tx.rows<Changed & { size: number }>(WRITE, [
    spoken.map((one) => one.id),
    JSON.stringify(rows),
    source,
  ])
  refuseLarge(changed)
  return changed
}

/** Refuses all of them when the attributes of one are too large as they are stored. */
export function refuseLarge(stored: { size: number }[]): void {
  if (stored.every((row) => row.size <= LARGEST)) return
  const message = 'All attributes of one member are at most 256 KiB together.'
  throw invalid([{ path: 'attributes', code: 'too-large', message }])
}

function saysSomething({ locale, timeZone, preferredChannels, attributes }: Profile): boolean {
  const { clear, set, drop } = attributes
  const fields = [locale, timeZone, preferredChannels].some((field) => field !== undefined)
  return fields || clear || drop.length > 0 || Object.keys(set).length > 0
}

// The any($1) beside the joins keeps index scans on tables without statistics. Rows that stay as they were are left out
// before the update looks for them: domain systems repeat themselves every night.
const WRITE = `
  with said as (
    select * from jsonb_to_recordset($2::jsonb) r(id bigint, fields jsonb, clear boolean, set jsonb, drop text[])
  ), next as materialized (
    select * from (
      select m.id, m.preferred_channels before, m.time_zone zone, m.locale was_locale, m.attributes was_attributes,
        case when r.fields ? 'locale' then r.fields->>'locale' else m.locale end locale,
        case when r.fields ? 'timeZone' then r.fields->>'timeZone' else m.time_zone end time_zone,
        case when r.fields ? 'preferredChannels' then array(select jsonb_array_elements_text(r.fields->'preferredChannels'))
          else m.preferred_channels end preferred_channels,
        ((case when r.clear then '{}' else m.attributes end) || r.set) - r.drop attributes
      from said r join member m on m.id = r.id where m.id = any($1::bigint[])
    ) after_all where (was_locale, zone, before, was_attributes) is distinct from (locale, time_zone, preferred_channels, attributes)
  ), changed as (
    update member m set locale = n.locale, time_zone = n.time_zone, preferred_channels = n.preferred_channels,
      attributes = n.attributes, updated_at = now()
    from next n
    where m.id = any($1::bigint[]) and m.id = n.id
    returning m.id, n.zone is distinct from m.time_zone moved, m.workspace, n.before, m.preferred_channels after, pg_column_size(m.attributes) size
  ), logged as (
    insert into preference_change (workspace, member, source, before, after)
    select workspace, id, $3, before, after from changed where before <> after
  )
  select id, moved, size from changed`
