import { z } from 'zod'

/** What a route can ask for. A key's scopes are permissions, `<noun>:*`, or `*` for all. */
export const PERMISSIONS = [
  'members:read',
  'members:write',
  'events:read',
  'events:write',
  'audiences:read',
  'audiences:write',
  'templates:read',
  'templates:write',
  'flows:read',
  'flows:write',
  'flows:publish',
  'messages:read',
  'messages:write',
  'channels:read',
  'channels:write',
  'settings:read',
  'settings:write',
  'secrets:read',
  'secrets:write',
  'keys:read',
  'keys:write',
  'live:read',
] as const
export type Permission = (typeof PERMISSIONS)[number]

const NOUNS = [...new Set(PERMISSIONS.map((each) => each.split(':')[0]))]

export const scopeSchema = z
  .enum(['*', ...NOUNS.map((noun) => `${noun}:*`), ...PERMISSIONS])
  .meta({ description: 'A permission, all of one noun, or everything.' })

export function allows(scopes: readonly string[], permission: string): boolean {
  return (
    scopes.includes('*') || scopes.includes(permission) || scopes.includes(`${permission.split(':')[0]}:*`)
  )
}
