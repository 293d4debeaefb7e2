import fc from 'fast-check'
import { CHANNELS, type Channel } from '../../flow/channels/channel.ts'
import { CHANNEL_SPECS } from '../../flow/channels/registry.ts'
import type { Condition } from '../../flow/conditions/schema.ts'
import { anyAudience } from './any-audience.ts'
import type { House } from './house.ts'
import { AUDIENCES, happened, KEYS, LISTS, scalar, storedText, TOPICS, TYPES } from './vocabulary.ts'

const KINDS = [...new Set(Object.values(CHANNEL_SPECS).map((spec) => spec.addressKind))]
const upTo = <T>(max: number, one: fc.Arbitrary<T>) => fc.array(one, { maxLength: max })

const value = fc.oneof(scalar, storedText, fc.constant(null))
const list = upTo(3, fc.oneof({ weight: 5, arbitrary: value }, fc.constant([1]), fc.constant({ a: 1 })))
const record = <T>(inside: fc.Arbitrary<T>) =>
  fc.dictionary(fc.constantFrom(...KEYS), inside, { maxKeys: 5, noNullPrototype: true })
const data = record(fc.oneof(value, list, record(fc.oneof(value, list, record(value)))))

const address = fc.record({
  row: fc.record({
    kind: fc.constantFrom(...KINDS),
    value: fc.oneof(
      fc.constantFrom('m-3@members.example', 'M-3@members.example', '+34600000001', 'é'),
      fc.nat({ max: 999 }).map((n) => `${n}.example`),
    ),
    created_at: fc.constantFrom('2026-01-01T00:00:00Z', '2026-02-01T00:00:00Z'),
  }),
  /** Channels it must not be used on. */
  suppressed: fc.oneof(
    { weight: 3, arbitrary: fc.constant<Channel[]>([]) },
    upTo(2, fc.constantFrom(...CHANNELS)),
  ),
})
const consent = fc.record({
  topic: fc.constantFrom(...TOPICS),
  channel: fc.constantFrom(...CHANNELS),
  state: fc.constantFrom('granted', 'granted', 'revoked'),
})
const journey = fc.record({
  flow: fc.constantFrom(1, 2),
  state: fc.constantFrom('active', 'resting', 'ended'),
  test: fc.constantFrom(false, false, true),
})
const person = fc.record({
  row: fc.record({
    locale: fc.constantFrom(null, 'es', 'en', 'pt-BR'),
    time_zone: fc.constantFrom(null, 'UTC', 'Europe/Madrid'),
    attributes: data,
    tags: upTo(2, fc.constantFrom('x', 'xy', 'vip')),
    erased_at: fc.constantFrom(null, null, null, null, '2026-01-01T00:00:00Z'),
  }),
  /** A sample folds both halves of an id. */
  far: fc.boolean(),
  addresses: fc.uniqueArray(address, { maxLength: 5, selector: ({ row }) => `${row.kind} ${row.value}` }),
  consents: fc.uniqueArray(consent, { maxLength: 6, selector: (one) => `${one.topic} ${one.channel}` }),
  lists: fc.uniqueArray(fc.constantFrom(...LISTS), { maxLength: 2 }),
  events: upTo(5, fc.record({ type: fc.constantFrom(...TYPES), at: happened, data })),
  journeys: upTo(3, journey),
})

/** Members with facts of every kind, fitting or not, and audiences; the same for the same seed. */
export async function populate(house: House, of: { members: number; seed: number }): Promise<void> {
  const people = fc.sample(person, { numRuns: of.members, seed: of.seed }).map((one, n) => ({
    ...one,
    id: one.far ? 2 ** 40 + n : n + 1,
    external_id: `m-${n}`,
  }))
  const facts = <T extends object>(rows: (one: (typeof people)[number]) => T[]) =>
    people.flatMap((one) => rows(one).map((row) => ({ ...row, member: one.id })))
  const suppressed = people.flatMap((one) =>
    one.addresses.flatMap(({ row, suppressed }) =>
      suppressed.map((channel) => ({ digest: digestOf(row), channel, reason: 'bounce' })),
    ),
  )
  const once = new Map(suppressed.map((one) => [`${one.digest} ${one.channel}`, one]))
  await insert(house, {
    list: LISTS.map((key, n) => ({ id: n + 1, key, name: key })),
    audience: audiences(of.seed),
    member: people.map(({ id, external_id, row }) => ({ id, external_id, ...row })),
    address: facts((one) => one.addresses.map(({ row }) => ({ ...row, digest: digestOf(row) }))),
    suppression: [...once.values()],
    consent_state: facts((one) => one.consents).map((one) => ({ ...one, source: 'form', at: LONG_AGO })),
    list_member: facts((one) => one.lists.map((key) => ({ list: LISTS.indexOf(key) + 1 }))),
    event: facts((one) => one.events).map((one, n) => ({ ...one, external_id: `e-${n}` })),
    enrollment: facts((one) => one.journeys).map((one) => ({ ...one, ...STANDING })),
  })
}

const LONG_AGO = '2026-01-01T00:00:00Z'
const STANDING = { version: 1, node: 'n', lane: 'bulk', seq: 0, period: '2026-11-01' }

/** Whatever an address is suppressed by: here only that it is the same for the same address. */
const digestOf = ({ kind, value }: { kind: string; value: string }) =>
  `\\x${Buffer.from(`${kind} ${value}`).toString('hex')}`

function audiences(seed: number): object[] {
  const [random] = fc.sample(anyAudience, { numRuns: 1, seed })
  const wheres: Record<(typeof AUDIENCES)[number], Condition> = {
    spanish: { field: 'member.locale', op: 'eq', value: 'es' },
    nested: { all: [{ inAudience: 'spanish' }, { event: 'Won', count: { op: '=', n: 0 } }] },
    random: random ?? { any: [] },
    'circle-a': { any: [{ not: { inAudience: 'circle-b' } }, { reachable: 'email' }] },
    'circle-b': { any: [{ inAudience: 'circle-a' }, { all: [] }] },
    'on-circle': { not: { inAudience: 'circle-a' } },
    nobody: { any: [] },
  }
  return Object.entries(wheres).map(([key, where]) => ({ key, name: key, where }))
}

async function insert(house: House, tables: Record<string, object[]>): Promise<void> {
  for (const [table, rows] of Object.entries(tables)) {
    const columns = Object.keys(rows[0] ?? {})
      .map((one) => `"${one}"`)
      .join(', ')
    await house.rows(
      `insert into ${table} (workspace, ${columns})
       select $1, ${columns} from jsonb_populate_recordset(null::${table}, $2::jsonb)`,
      [house.workspace, JSON.stringify(rows)],
    )
  }
}
