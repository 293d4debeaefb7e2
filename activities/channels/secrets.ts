import { z } from 'zod'

/** Sealed values of a transport by the path they have in its settings: `{ 'dkim.privateKey': '…' }`. */
export type Secrets = Record<string, string>

const record = z.record(z.string(), z.unknown())

/** Parts settings into what may be shown and what is sealed. `paths` are at most two keys deep. */
export function splitSecrets(
  settings: unknown,
  paths: readonly string[],
): { shown: Record<string, unknown>; secrets: Secrets } {
  const shown = structuredClone(record.parse(settings))
  const secrets: Secrets = {}
  for (const path of paths) {
    const [key, holder] = holderOf(shown, path)
    const value = holder?.[key]
    if (typeof value === 'string') secrets[path] = value
    if (holder) delete holder[key]
  }
  return { shown, secrets }
}

/** Settings with their sealed values back in place; a value already there wins, a holder that is gone is not revived. */
export function joinSecrets(shown: unknown, secrets: Secrets): Record<string, unknown> {
  const settings = structuredClone(record.parse(shown))
  for (const [path, value] of Object.entries(secrets)) {
    const [key, holder] = holderOf(settings, path)
    if (holder) holder[key] ??= value
  }
  return settings
}

function holderOf(
  settings: Record<string, unknown>,
  path: string,
): [string, Record<string, unknown> | undefined] {
  const [first = path, second] = path.split('.')
  if (second === undefined) return [first, settings]
  const inner = record.safeParse(settings[first])
  // The parsed record is a copy: put it in place so that changes to it are changes to the settings.
  if (inner.success) settings[first] = inner.data
  return [second, inner.data]
}
