import { refuseLarge, type Profile } from './profiles.ts'
import type { Tx } from './pool.ts'

/** A member who was not known before. */
export interface Newcomer {
  id: number
  external_id: string
}

/**
 * Adds members by nothing but their ids, in order of these: two who add the same members wait for each other one way
 * only. Who came meanwhile is left out.
 */
export async function addBare(tx: Tx, externalIds: string[]): Promise<Newcomer[]> {
  return tx.rows<Newcomer>(
    `insert into member (workspace, external_id)
     select current_setting('app.workspace')::int, wanted from unnest($1::text[]) wanted order by wanted
     on conflict do nothing returning id, external_id`,
    [externalIds],
    'add-bare-members',
  )
}

/** The same with what is said about them: written once, not added and then changed (half the time, a thousand at once). */
export async function addWithProfiles(
  tx: Tx,
  profiles: (Profile & { externalId: string })[],
): Promise<Newcomer[]> {
  const rows = profiles.map(({ externalId, locale, timeZone, preferredChannels, attributes }) => ({
    name: externalId,
    locale,
    zone: timeZone,
    channels: preferredChannels ?? [],
    attributes: attributes.set,
  }))
  const added = await tx.rows<Newcomer & { size: number }>(
    `with added as (
       insert into member (workspace, external_id, locale, time_zone, preferred_channels, attributes)
       select current_setting('app.workspace')::int, name, locale, zone, channels, attributes
       from jsonb_to_recordset($1::jsonb) r(name text, locale text, zone text, channels text[], attributes jsonb) order by name
       on conflict do nothing returning workspace, id, external_id, preferred_channels, pg_column_size(attributes) size
     ), logged as (
       insert into preference_change (workspace, member, source, before, after)
       select workspace, id, 'api', '{}', preferred_channels from added where preferred_channels <> '{}'
     )
     select id, external_id, size from added`,
    [JSON.stringify(rows)],
    'add-members',
  )
  refuseLarge(added)
  return added
}
