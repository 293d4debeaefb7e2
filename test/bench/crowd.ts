import type { Db } from '../../db/pool.ts'

/** So many members with a past, written straight into the tables: taking them in is not what is measured. */
export async function crowd(
  db: Db,
  { workspace, members }: { workspace: number; members: number },
): Promise<void> {
  const from = `from member where external_id like 'bench-%'`
  await db.inWorkspace(workspace, async (tx) => {
    await tx.rows(
      `insert into member (workspace, external_id, locale, time_zone, attributes, preferred_channels)
       select $1, 'bench-' || n, (array['en', 'es'])[1 + n % 2],
         (array['Europe/Madrid', 'America/New_York', 'Asia/Kolkata', null])[1 + n % 4],
         jsonb_build_object('name', 'Ana', 'tier', (array['gold', 'silver', 'tin'])[1 + n % 3],
           'country', (array['ES', 'FR', 'US', 'IN'])[1 + n % 4], 'points', n % 1000),
         case n % 2 when 0 then '{email}'::text[] else '{sms,email}' end
       from generate_series(1, ${members}) n`,
      [workspace],
    )
    await tx.rows(
      `insert into address (workspace, member, kind, value, digest)
       select $1, id, kind, case kind when 'email' then external_id || '@members.example' else '+346' || id end,
         sha256((kind || id)::bytea)
       from (select id, external_id ${from}) m, unnest('{email,phone}'::text[]) kind`,
      [workspace],
    )
    await tx.rows(
      `insert into consent_state (workspace, member, topic, channel, state, source, at)
       select $1, id, 'prizes', channel, 'granted', 'bench', now()
       from (select id ${from}) m, unnest('{email,sms}'::text[]) channel where id % 10 > 0`,
      [workspace],
    )
    await tx.rows(
      `insert into event (workspace, external_id, type, member, at)
       select $1, 'seen-' || id, 'PrizeRedeemed', id, now() from (select id ${from}) m where id % 5 = 0`,
      [workspace],
    )
  })
}
