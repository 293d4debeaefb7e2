import { isDeepStrictEqual } from 'node:util'
import { SETTINGS_DEFAULTS, settingsSchema, type Settings } from '../flow/settings.ts'
import { recordAudit } from './audit.ts'
import { conflict } from './fault.ts'
import { reconsider } from './hot/sending.ts'
import type { Tx } from './pool.ts'

/** The workspace's settings with defaults for what was never set. */
export async function readSettings(tx: Tx): Promise<Settings> {
  const { settings } = await readSettingsRevision(tx)
  return settings
}

export async function readSettingsRevision(tx: Tx): Promise<{ revision: number; settings: Settings }> {
  const [row] = await tx.rows<{ revision: number; body: unknown }>('select revision, body from settings')
  const stored = settingsSchema.partial().parse(row?.body ?? {})
  return { revision: row?.revision ?? 0, settings: { ...SETTINGS_DEFAULTS, ...stored } }
}

interface SettingsChange {
  changes: Partial<Settings>
  /** The revision the caller has read. */
  revision: number
  actor: string
}

/** Replaces the named settings if nobody did since; otherwise a conflict. */
export async function replaceSettings(tx: Tx, { changes, revision, actor }: SettingsChange) {
  await tx.rows(
    `insert into settings (workspace, revision) values (current_setting('app.workspace')::int, 0) on conflict do nothing`,
  )
  await tx.rows('select 1 from settings for update')
  const found = await readSettingsRevision(tx)
  if (found.revision !== revision) {
    throw conflict(
      'stale-revision',
      `The settings are at revision ${found.revision} by now. Read them again.`,
    )
  }
  await tx.rows(`update settings set revision = revision + 1, updated_at = now(), body = body || $1`, [
    JSON.stringify(changes),
  ])
  const now = await readSettingsRevision(tx)
  await reconsider(tx, loosened(changes, found.settings))
  const [before, after] = [found, now].map(({ settings }) => forAudit(settings, changes))
  await recordAudit(tx, { actor, action: 'settings.put', subject: 'settings', before, after })
  return now
}

/** Changed settings that keep members resting: whoever rests because of them is decided afresh. */
function loosened(changes: Partial<Settings>, before: Settings) {
  const changed = (key: keyof Settings): boolean =>
    key in changes && !isDeepStrictEqual(changes[key], before[key])
  const rests = (['quietHours', 'frequencyCaps', 'timeZone'] as const).filter(changed)
  return changes.sending === true && !before.sending ? [...rests, 'sending' as const] : rests
}

/** The settings that were named; of the allow list its length, as addresses are people's. */
function forAudit(settings: Settings, changes: Partial<Settings>) {
  const named = Object.entries(settings).filter(([key]) => key in changes)
  return {
    ...Object.fromEntries(named),
    ...(changes.allowList !== undefined && { allowList: settings.allowList?.length ?? null }),
  }
}
