import { SETTINGS_DEFAULTS, settingsSchema, type Settings } from '../flow/settings.ts'
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
