import { kindOf } from '../activities/channels/registry.ts'
import { joinSecrets } from '../activities/channels/secrets.ts'
import type { StoredTransport } from '../db/transports.ts'
import type { Channel } from '../flow/channels/channel.ts'
import { CHANNEL_SPECS } from '../flow/channels/registry.ts'

export const LOCKED = 'Its secrets were sealed under another FANFARE_SECRET. Set the channel up again.'

/** A channel as people see it: of secrets only whether they are set. */
export function presentChannel(channel: Channel, stored: StoredTransport | undefined, sent: number) {
  const kind = stored && kindOf(stored.kind)
  const problems = problemsOf(channel, stored)
  const reports = CHANNEL_SPECS[channel].reports.filter(
    (reach) => reach === 'clicked' || (kind?.reports.includes(reach) ?? false),
  )
  return {
    channel,
    transport: stored?.kind ?? null,
    ready: problems.length === 0,
    problems,
    capabilities: { reports: stored ? reports : [] },
    sentToday: sent,
    settings: stored?.settings ?? {},
    secrets: Object.fromEntries(
      (kind?.secrets ?? []).map((path) => [
        path,
        stored?.secrets[path] ? ('set' as const) : ('unset' as const),
      ]),
    ),
  }
}

function problemsOf(channel: Channel, stored: StoredTransport | undefined): string[] {
  if (!stored) return [`No transport is set up. PUT /v1/channels/${channel} sets one up.`]
  if (stored.locked) return [LOCKED]
  const kind = kindOf(stored.kind)
  if (!kind?.channels.includes(channel))
    return [`The transport ${stored.kind} does not serve this channel. Set up another.`]
  const settings = joinSecrets(stored.settings, stored.secrets)
  const parsed = kind.settings.safeParse(settings)
  return parsed.success
    ? kind.problems(settings)
    : ['Its settings no longer fit this version. Set the channel up again.']
}
