import type { Channel } from '../flow/channels/channel.ts'
import { CHANNEL_SPECS } from '../flow/channels/registry.ts'
import { recordConsents, type ConsentChange } from './consents.ts'
import type { Desk } from './desk.ts'
import { lockMembers } from './hot/claim.ts'
import type { Tx } from './pool.ts'
import { writeProfiles } from './profiles.ts'
import { readSettings } from './settings.ts'

/** What a member can say about being written to. */
export interface Preferences {
  member: number
  name: string | null
  locale: string | null
  timeZone: string | null
  workspace: string
  /** The channels that reach them, in the order in which they are tried. */
  channels: { channel: Channel; address: string; stopped: boolean }[]
  topics: { key: string; name: string }[]
  /** Granted pairs of topic and channel. */
  granted: { topic: string; channel: Channel }[]
}

/** Undefined when there is no such member, or no longer. */
export async function readPreferences(tx: Tx, member: number): Promise<Preferences | undefined> {
  const [row] = await tx.rows<MemberRow>(
    `select m.locale, m.time_zone, m.preferred_channels, m.attributes->>'name' name, w.name workspace
     from member m join workspace w on w.id = m.workspace where m.id = $1 and m.erased_at is null`,
    [member],
  )
  if (!row) return undefined
  const states = await tx.rows<{ topic: string; channel: Channel; state: string }>(
    'select topic, channel, state from consent_state where member = $1',
    [member],
  )
  const { channelOrder } = await readSettings(tx)
  const reach = await reachOf(tx, member)
  const order = [...new Set([...row.preferred_channels, ...channelOrder, ...reach.keys()])]
  const stopped = new Set(
    states.filter((one) => one.topic === '*' && one.state === 'revoked').map((one) => one.channel),
  )
  return {
    member,
    name: row.name,
    locale: row.locale,
    timeZone: row.time_zone,
    workspace: row.workspace,
    channels: order.flatMap((channel) => {
      const address = reach.get(channel)
      return address === undefined ? [] : [{ channel, address, stopped: stopped.has(channel) }]
    }),
    topics: await tx.rows('select key, coalesce(name, key) name from topic order by key'),
    granted: states.filter((one) => one.topic !== '*' && one.state === 'granted'),
  }
}

interface MemberRow {
  locale: string | null
  time_zone: string | null
  preferred_channels: Channel[]
  name: string | null
  workspace: string
}

/** Channels with a transport for which the member has an address. */
async function reachOf(tx: Tx, member: number): Promise<Map<Channel, string>> {
  const connected = await tx.rows<{ channel: Channel }>('select channel from transport where is_default')
  const addresses = await tx.rows<{ kind: string; value: string }>(
    'select kind, value from address where member = $1 order by created_at desc, value desc',
    [member],
  )
  const byKind = new Map(addresses.map(({ kind, value }) => [kind, value]))
  const reach = new Map<Channel, string>()
  for (const { channel } of connected) {
    const address = byKind.get(CHANNEL_SPECS[channel].addressKind)
    if (address !== undefined) reach.set(channel, address)
  }
  return reach
}

export interface PreferenceChange {
  member: number
  /** Null leaves the order as it is. */
  order: Channel[] | null
  consents: Omit<ConsentChange, 'member' | 'source'>[]
}

const SOURCE = 'preference page'

/** Stores what a member chose on their page; theirs is the last word, whatever was recorded before. */
export async function savePreferences(
  tx: Tx,
  desk: Desk,
  { member, order, consents }: PreferenceChange,
): Promise<void> {
  await lockMembers(tx, [member])
  if (order) {
    const nothing = {
      locale: undefined,
      timeZone: undefined,
      attributes: { clear: false, set: {}, drop: [] },
    }
    await writeProfiles(tx, [{ id: member, preferredChannels: order, ...nothing }], SOURCE)
  }
  await recordConsents(
    tx,
    desk,
    consents.map((one) => ({ ...one, member, source: SOURCE })),
  )
}
