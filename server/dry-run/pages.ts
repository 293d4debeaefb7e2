import { memberFacts } from '../../db/hot/facts.ts'
import { wantedFor } from '../../db/hot/wanted.ts'
import { populationPage, type Place } from '../../db/population.ts'
import { readOnly } from '../../db/read-only.ts'
import type { MemberFacts } from '../../flow/facts.ts'
import type { Context } from '../http/context.ts'
import type { Prepared } from './prepare.ts'

type Reading = Pick<Context, 'db' | 'workspace'>

const PER_PAGE = 1_000
/** Ids are few bytes each: to look for them this many at a time asks a population's condition less often. */
const IDS_AT_ONCE = 10_000
/** Pages on their way while one is played, so that neither the database nor the player waits for the other. */
const AHEAD = 2

/** Whoever enters in play has received nothing since. */
const NOTHING_SINCE = Number.MAX_SAFE_INTEGER

/** The facts of a population page by page. */
export async function* pagesOf(reading: Reading, prepared: Prepared): AsyncGenerator<MemberFacts[]> {
  const coming: Promise<MemberFacts[]>[] = []
  try {
    for await (const ids of idsOf(reading, prepared)) {
      coming.push(soon(factsOf(reading, prepared, ids)))
      if (coming.length > AHEAD) yield (await coming.shift()) ?? []
    }
    for (let page = coming.shift(); page; page = coming.shift()) yield await page
  } finally {
    await Promise.allSettled(coming) // their connections are given back before the run is over
  }
}

async function* idsOf(reading: Reading, prepared: Prepared): AsyncGenerator<number[]> {
  let coming = soon(idsAfter(reading, prepared, { done: 0, last: 0 }))
  let done = 0
  try {
    for (;;) {
      const ids = await coming
      done += ids.length
      const last = ids.at(-1)
      const more = last !== undefined && ids.length === IDS_AT_ONCE
      if (more) coming = soon(idsAfter(reading, prepared, { done, last }))
      for (let from = 0; from < ids.length; from += PER_PAGE) yield ids.slice(from, from + PER_PAGE)
      if (!more) return
    }
  } finally {
    await Promise.allSettled([coming])
  }
}

/** One transaction for each question: a long one would keep the database from cleaning up behind the living. */
function idsAfter(
  { db, workspace: id }: Reading,
  { of, workspace }: Prepared,
  after: Place,
): Promise<number[]> {
  return readOnly(db, id, (tx) => populationPage(tx, { of, workspace }, { after, limit: IDS_AT_ONCE }))
}

function factsOf(
  { db, workspace: id }: Reading,
  { plan, workspace }: Prepared,
  members: number[],
): Promise<MemberFacts[]> {
  return readOnly(db, id, async (tx) => {
    const entries = new Map(members.map((member) => [member, NOTHING_SINCE]))
    const facts = await memberFacts(tx, { members, entries, ...wantedFor(plan, workspace) })
    return members.flatMap((member) => facts.get(member) ?? [])
  })
}

/** A rejection is told when it is waited for. */
function soon<T>(asked: Promise<T>): Promise<T> {
  asked.catch(() => {})
  return asked
}
