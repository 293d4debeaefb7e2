import { suppress } from '../../db/suppressions.ts'
import type { AnyPerson } from './any-life.ts'
import type { World } from './world.ts'

const HOUR = 3_600_000
let parties = 0

/** Puts people into a workspace with the past they have; answers their external ids. `start`: when they will set out. */
export async function arrive(
  world: World,
  people: AnyPerson[],
  { start }: { start: number },
): Promise<string[]> {
  const party = ++parties
  const names = people.map((_, n) => `m-${party}-${n}`)
  await world.put(
    ...people.map((person, n) => memberOf(person, { name: names[n]!, number: party * 100 + n })),
  )
  const seen = people.flatMap(({ seen }, n) => Array.from({ length: seen }, () => names[n]!))
  await world.postAll(seen.map((member) => ({ type: 'Seen', member })))
  for (const [n, { suppressed, sent }] of people.entries()) {
    if (suppressed) await suppressAddress(world, names[n]!, suppressed)
    for (const hours of sent) await remember(world, names[n]!, new Date(start - hours * HOUR))
  }
  return names
}

function memberOf(person: AnyPerson, { name, number }: { name: string; number: number }): object {
  const { email, phone, locale, timeZone, tier, nick, renewal, preferredChannels, allowed } = person
  return {
    externalId: name,
    email: email ? `${name}@members.example` : null,
    phone: phone ? `+346${String(number).padStart(8, '0')}` : null,
    locale,
    timeZone,
    attributes: { tier, nick, renewal },
    preferredChannels,
    consents: allowed.map((channel) => ({ topic: 'prizes', channel, state: 'granted', source: 'form' })),
  }
}

async function suppressAddress(world: World, member: string, channel: 'email' | 'sms'): Promise<void> {
  const kind = channel === 'email' ? 'email' : 'phone'
  const [address] = await world.rows<{ digest: Buffer }>(
    `select digest from address where kind = $2 and member = (select id from member where external_id = $1)`,
    [member, kind],
  )
  if (!address) return
  const struck = { channel, digest: address.digest, why: 'hard-bounce', message: 0 }
  await world.within((tx) => suppress(tx, [struck]))
}

/** A message of another flow that counts towards caps. */
async function remember(world: World, member: string, at: Date): Promise<void> {
  await world.rows(
    `insert into message (workspace, period, flow, version, enrollment, node, hop, member, channel, transport, template,
       template_version, locale, status, counted, topic, created_at, sent_at)
     select $1, date_trunc('month', $3::timestamptz)::date, 0, 0, -nextval('walk_id'), 'past', 0, id, 'email', 1, 1, 1, 'en', 'sent',
       true, 'prizes', $3, $3
     from member where external_id = $2`,
    [world.workspace, member, at],
  )
}
