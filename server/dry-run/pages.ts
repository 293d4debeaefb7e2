import { memberFacts } from '../../db/hot/facts.ts'
import { wantedFor } from '../../db/hot/wanted.ts'
import { populationPage, type Place } from '../../db/population.ts'
import { readOnly } from '../../db/read-only.ts'
import type { MemberFacts } from '../../flow/facts.ts'
import type { Context } from '../http/context.ts'
import type { Prepared } from './prepare.ts'

const PER_PAGE = 1_000

/** Whoever enters in play has received nothing since. */
const NOTHING_SINCE = Number.MAX_SAFE_INTEGER

interface Page {
  members: MemberFacts[]
  /** null: this was the last page. */
  next: Place | null
}

/** The facts of a population page by page; while one is played the next is on its way. */
export async function* pagesOf(
  context: Pick<Context, 'db' | 'workspace'>,
  prepared: Prepared,
): AsyncGenerator<MemberFacts[]> {
  let coming = pageAfter(context, prepared, { done: 0, last: 0 })
  try {
    for (;;) {
      const { members, next } = await coming
      if (next) {
        coming = pageAfter(context, prepared, next)
        coming.catch(() => {}) // told when it is waited for
      }
      yield members
      if (!next) return
    }
  } finally {
    await coming.catch(() => {}) // its connection is given back before the run is over
  }
}

/** One transaction for each page: a long one would keep the database from cleaning up behind the living. */
function pageAfter(
  { db, workspace: id }: Pick<Context, 'db' | 'workspace'>,
  { of, plan, workspace }: Prepared,
  after: Place,
): Promise<Page> {
  return readOnly(db, id, async (tx) => {
    const ids = await populationPage(tx, { of, workspace }, { after, limit: PER_PAGE })
    const entries = new Map(ids.map((id) => [id, NOTHING_SINCE]))
    const facts = await memberFacts(tx, { members: ids, entries, ...wantedFor(plan, workspace) })
    const done = after.done + ids.length
    return {
      members: ids.flatMap((id) => facts.get(id) ?? []),
      next: ids.length < PER_PAGE ? null : { done, last: ids.at(-1) ?? 0 },
    }
  })
}
