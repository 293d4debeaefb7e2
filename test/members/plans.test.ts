import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { unrecorded } from '../../db/consent-log.ts'
import { eraseMember } from '../../db/erasure.ts'
import { lockLivingByName } from '../../db/list-members.ts'
import { findMemberIds, findMember } from '../../db/member-views.ts'
import type { MemberChange } from '../../db/member-change.ts'
import { ensureMembers, upsertMembers } from '../../db/members.ts'
import { listMessages } from '../../db/messages.ts'
import type { Tx } from '../../db/pool.ts'
import { matchEarlyReceipts, recordReceipts } from '../../db/receipts.ts'
import { readTimeline } from '../../db/timeline.ts'
import { openHouse, type House } from './house.ts'
import { openLedger, type Ledger } from './ledger.ts'

const MANY = 20_000
const GROWING = [
  'member',
  'address',
  'consent',
  'consent_state',
  'event',
  'enrollment',
  'step',
  'message',
  'receipt',
]

/** The partition that the crowd's past is in. */
const THIS_MONTH = `_${new Date().toISOString().slice(0, 7).replace('-', '_')}`

let house: House
let ledger: Ledger
beforeAll(async () => {
  house = await openHouse()
  await withoutStatistics(house.url)
  ledger = await openLedger(house)
  await house.put({ externalId: 'ana', email: 'ana@x.example' })
  await crowd(house)
})
afterAll(() => house.close())

/** A fresh install: the tables have grown, and nobody has counted yet. */
async function withoutStatistics(url: string): Promise<void> {
  const owner = new pg.Client({ connectionString: url })
  await owner.connect()
  const { rows } = await owner.query<{ name: string }>(
    `select oid::regclass::text name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace`,
  )
  for (const { name } of rows) await owner.query(`alter table ${name} set (autovacuum_enabled = off)`)
  await owner.end()
}

async function crowd({ rows, workspace }: House): Promise<void> {
  const many = [workspace, MANY]
  await rows(
    `insert into member (workspace, external_id) select $1, 'crowd-' || n from generate_series(1, $2) n`,
    many,
  )
  const members = `from member m where m.external_id like 'crowd-%' and $2::int > 0`
  await rows(
    `insert into address (workspace, member, kind, value, digest)
     select $1, m.id, 'email', m.external_id || '@x.example', sha256(m.external_id::bytea) ${members}`,
    many,
  )
  await rows(
    `insert into consent_state (workspace, member, topic, channel, state, source, at)
     select $1, m.id, 'prizes', 'email', 'granted', 'crowd', now() ${members}`,
    many,
  )
  await rows(
    `insert into consent (workspace, member, topic, channel, state, source, at)
     select $1, m.id, 'prizes', 'email', 'granted', 'crowd', now() ${members}`,
    many,
  )
  const { flow, version } = ledger.flows.marketing
  await rows(
    `insert into enrollment (workspace, flow, version, member, node, lane, state, due_at, period, seq)
     select $1, ${flow}, ${version}, m.id, 'congrats', 'urgent', 'resting', 'infinity', date_trunc('month', now()), 0 ${members}`,
    many,
  )
  await rows(
    `insert into message (workspace, period, flow, version, enrollment, node, hop, member, channel, transport, template,
       template_version, locale, status, counted, provider_id)
     select $1, e.period, e.flow, e.version, e.id, e.node, 0, e.member, 'email', ${ledger.transports.get('email')}, 1, 1, 'en',
       'sent', true, 'p-' || e.id from enrollment e where $2::int > 0`,
    many,
  )
}

/** Does the work and answers the tables that any of its statements read from end to end. */
async function scanned(work: (tx: Tx) => Promise<unknown>): Promise<string[]> {
  const found = new Set<string>()
  await house.within(async (tx) => {
    const spied: Tx = {
      async rows(sql, params, name) {
        const plan = await tx.rows<{ 'QUERY PLAN': string }>(`explain ${sql}`, params)
        for (const line of plan) {
          const table = /Seq Scan on (\w+?)(_\d{4}_\d\d|_other)?\b/.exec(line['QUERY PLAN'])
          // A month that holds nothing is read in no time, whichever way.
          const grown = table?.[2] === undefined || table[2] === THIS_MONTH
          if (table?.[1] && GROWING.includes(table[1]) && grown) found.add(table[0])
        }
        return tx.rows(sql, params, name)
      },
    }
    await work(spied)
  })
  return [...found]
}

const consents: NonNullable<MemberChange['consents']> = [
  { topic: 'prizes', channel: 'email', state: 'revoked', source: 'form' },
]
const change = (n: number): MemberChange => ({
  externalId: `crowd-${n}`,
  email: `new-${n}@x.example`,
  attributes: { n },
  consents,
})
const receipt = {
  message: null,
  transport: null,
  providerId: null,
  kind: 'bounced',
  at: new Date(),
  data: { hard: true },
} as const

test.each<[string, (tx: Tx) => Promise<unknown>]>([
  ['locking known members', (tx) => ensureMembers(tx, ['crowd-1', 'crowd-2', 'ana'])],
  ['adding unknown members', (tx) => ensureMembers(tx, ['crowd-1', 'stranger'])],
  ['storing a member', (tx) => upsertMembers(tx, house.desk, [change(1)])],
  [
    'storing fifty members',
    (tx) =>
      upsertMembers(
        tx,
        house.desk,
        Array.from({ length: 50 }, (_, n) => change(n + 2)),
      ),
  ],
  [
    'adding fifty members with all that is said about them',
    (tx) =>
      upsertMembers(
        tx,
        house.desk,
        Array.from({ length: 50 }, (_, n) => ({ ...change(n), externalId: `new-${n}` })),
      ),
  ],
  ['finding members by their names', (tx) => lockLivingByName(tx, ['crowd-1', 'crowd-2', 'stranger'])],
  [
    'looking for consents in the ledger',
    (tx) => unrecorded(tx, [{ member: 1, ...consents[0]!, at: '2026-01-01T00:00:00Z' }]),
  ],
  ['reading a member', (tx) => findMember(tx, 'ana')],
  ['listing members', (tx) => findMemberIds(tx, { limit: 50 })],
  ['listing messages', (tx) => listMessages(tx, { limit: 50 })],
  ["listing a member's messages", (tx) => listMessages(tx, { member: 'crowd-7', limit: 50 })],
  ['a timeline', (tx) => readTimeline(tx, { member: 1, cursor: undefined, limit: 50 })],
])('%s reads no growing table from end to end', async (_, work) => {
  expect(await scanned(work)).toEqual([])
})

test('receipts, also early ones, and erasure read no growing table from end to end', async () => {
  await house.put({ externalId: 'bea', email: 'bea@x.example' })
  const { id, transport } = await ledger.message({ member: 'bea', providerId: 'p-bea' })
  expect(
    await scanned((tx) => recordReceipts(tx, house.desk, [{ ...receipt, key: 'k-1', message: id }])),
  ).toEqual([])
  const early = { ...receipt, key: 'k-2', transport, providerId: 'p-later' }
  expect(await scanned((tx) => recordReceipts(tx, house.desk, [early]))).toEqual([])
  await ledger.message({ member: 'bea', providerId: 'p-later' })
  expect(
    await scanned((tx) => matchEarlyReceipts(tx, house.desk, { transport, providerIds: ['p-later'] })),
  ).toEqual([])
  expect(await scanned((tx) => eraseMember(tx, 'bea'))).toEqual([])
})
