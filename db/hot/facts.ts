import type { Channel } from '../../flow/channels/channel.ts'
import { CHANNEL_SPECS } from '../../flow/channels/registry.ts'
import type { ConsentFact, HopFact, MemberFacts } from '../../flow/facts.ts'
import { encodeId } from '../ids.ts'
import type { Tx } from '../pool.ts'
import { capFacts } from './cap-facts.ts'
import { namesOf, type Begun } from './begun.ts'
import { eventFacts, type EventsWanted } from './event-facts.ts'
import { millis, tuples } from './tuples.ts'

const CHANNELS_OF = Object.entries(CHANNEL_SPECS).map(
  ([channel, spec]) => [channel as Channel, spec.addressKind] as const,
)

export interface Wanted extends EventsWanted {
  /** How far back sends matter to frequency caps, in ms; 0 when none applies. */
  capLookBack: number
  /** Enrollments that are about to be decided on: what waits there leaves only if that says so. */
  deciding?: number[]
}

/** Adds what a statement found to the facts of the members it found it for. */
type Fill = (facts: Map<number, MemberFacts>) => void

/**
 * Facts about members, each kind in one plain statement, all in one round trip: a lateral aggregate over them is
 * slower (measured). Kinds that the plan does not read are not asked for.
 */
export async function memberFacts(tx: Tx, wanted: Wanted): Promise<Map<number, MemberFacts>> {
  const { members, needs, capLookBack } = wanted
  const [facts, ...fills] = await Promise.all([
    profiles(tx, members),
    addresses(tx, members),
    consents(tx, members),
    needs.events.length > 0 ? events(tx, wanted) : nothing,
    needs.lists.length > 0 ? lists(tx, members, needs.lists) : nothing,
    needs.flows.length > 0 ? flows(tx, members) : nothing,
    capLookBack > 0 ? sends(tx, wanted) : nothing,
  ])
  for (const fill of fills) fill(facts)
  return facts
}

const nothing: Fill = () => {}

type Profile = [
  id: number,
  externalId: string,
  locale: string | null,
  timeZone: string | null,
  attributes: Record<string, unknown>,
  tags: string[],
  preferredChannels: Channel[],
  erased: boolean,
]

async function profiles(tx: Tx, members: number[]): Promise<Map<number, MemberFacts>> {
  const rows = await tuples<Profile>(
    tx,
    {
      of: 'id, external_id, locale, time_zone, attributes, tags, preferred_channels, erased_at is not null',
      from: 'member where id = any($1::bigint[])',
    },
    { params: [members], name: 'profiles' },
  )
  return new Map(rows.map((row) => [row[0], profileFacts(row)]))
}

function profileFacts(profile: Profile): MemberFacts {
  const [id, externalId, locale, timeZone, attributes, tags, preferredChannels, erased] = profile
  return {
    id,
    externalId,
    email: null,
    phone: null,
    locale,
    timeZone,
    attributes,
    tags,
    preferredChannels,
    addresses: {},
    suppressions: {},
    consents: [],
    events: [],
    lists: [],
    flows: [],
    sends: [],
    erased,
  }
}

type Address = [
  member: number,
  kind: string,
  value: string,
  suppressed: Channel | null,
  reason: string | null,
  at: number | null,
]

/** One row per address and suppressed channel; the oldest address of a kind is the one that is used. */
async function addresses(tx: Tx, members: number[]): Promise<Fill> {
  const rows = await tuples<Address>(
    tx,
    {
      of: `a.member, a.kind, a.value, s.channel, s.reason, ${millis('s.at')}`,
      from: `address a left join suppression s on s.workspace = a.workspace and s.digest = a.digest
        where a.member = any($1::bigint[])`,
      order: 'order by a.created_at desc, a.value desc',
    },
    { params: [members], name: 'addresses' },
  )
  return (facts) => {
    for (const row of rows) {
      const member = facts.get(row[0])
      if (member) addAddress(member, row)
    }
  }
}

function addAddress(member: MemberFacts, [, kind, value, suppressed, reason, at]: Address): void {
  if (kind === 'email') member.email = value
  if (kind === 'phone') member.phone = value
  for (const [channel, its] of CHANNELS_OF) {
    if (its !== kind) continue
    if (member.addresses[channel] !== value) delete member.suppressions[channel]
    member.addresses[channel] = value
    if (suppressed === channel && at !== null) member.suppressions[channel] = { reason: reason ?? '', at }
  }
}

type Consent = [
  member: number,
  topic: string,
  channel: Channel,
  state: ConsentFact['state'],
  source: string,
  at: number,
]

async function consents(tx: Tx, members: number[]): Promise<Fill> {
  const rows = await tuples<Consent>(
    tx,
    {
      of: `member, topic, channel, state, source, ${millis('at')}`,
      from: 'consent_state where member = any($1::bigint[])',
    },
    { params: [members], name: 'consents' },
  )
  return (facts) => {
    for (const [member, topic, channel, state, source, at] of rows)
      facts.get(member)?.consents.push({ topic, channel, state, source, at })
  }
}

async function events(tx: Tx, wanted: EventsWanted): Promise<Fill> {
  const found = await eventFacts(tx, wanted)
  return (facts) => {
    for (const [member, own] of found) facts.get(member)?.events.push(...own)
  }
}

async function lists(tx: Tx, members: number[], keys: string[]): Promise<Fill> {
  const rows = await tx.rows<{ member: number; key: string }>(
    `select lm.member, l.key from list_member lm join list l on l.id = lm.list
     where lm.member = any($1::bigint[]) and l.key = any($2::text[])`,
    [members, keys],
  )
  return (facts) => {
    for (const { member, key } of rows) facts.get(member)?.lists.push(key)
  }
}

async function flows(tx: Tx, members: number[]): Promise<Fill> {
  const rows = await tx.rows<{ member: number; flow: number; inside: boolean }>(
    `select member, flow, bool_or(state <> 'ended') inside from enrollment
     where member = any($1::bigint[]) and not test group by member, flow`,
    [members],
  )
  return (facts) => {
    for (const { member, flow, inside } of rows) {
      facts.get(member)?.flows.push({ id: encodeId('flow', flow), state: inside ? 'inside' : 'ended' })
    }
  }
}

async function sends(tx: Tx, { members, capLookBack, deciding = [] }: Wanted): Promise<Fill> {
  const found = await capFacts(tx, { members, lookBack: capLookBack, deciding })
  return (facts) => {
    for (const [member, own] of found) facts.get(member)?.sends.push(...own)
  }
}

interface HopRow {
  enrollment: number
  node: string
  hop: number
  channel: Channel
  status: HopFact['status']
  sent_at: Date | null
  delivered_at: Date | null
  read_at: Date | null
  clicked_at: Date | null
  retry_at: Date | null
  reason: HopFact['reason']
}

/** The ledger's rows of these enrollments, by enrollment. */
export async function hopFacts(tx: Tx, begun: Begun[]): Promise<Map<number, HopFact[]>> {
  const hops = new Map<number, HopFact[]>()
  if (begun.length === 0) return hops
  const rows = await tx.rows<HopRow>(
    `select enrollment, node, hop, channel, status, sent_at, delivered_at, read_at, clicked_at, retry_at, reason
     from message where enrollment = any($1::bigint[]) and period = any($2::date[])`,
    namesOf(begun),
    'hops',
  )
  for (const [enrollment, own] of Map.groupBy(rows, (row) => row.enrollment))
    hops.set(enrollment, own.map(hopFact))
  return hops
}

function hopFact(row: HopRow): HopFact {
  const { node, hop, channel, status, reason } = row
  return {
    node,
    hop,
    channel,
    status,
    reason,
    sentAt: instant(row.sent_at),
    deliveredAt: instant(row.delivered_at),
    readAt: instant(row.read_at),
    clickedAt: instant(row.clicked_at),
    retryAt: instant(row.retry_at),
  }
}

function instant(date: Date | null): number | null {
  return date === null ? null : date.getTime()
}
