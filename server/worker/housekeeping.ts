import type { Desk } from '../../db/desk.ts'
import { forget } from '../../db/forget/forget.ts'
import { standingWorkspaces } from '../../db/hot/free.ts'
import { matchLostReceipts } from '../../db/lost-receipts.ts'
import type { Db } from '../../db/pool.ts'
import { alone } from './alone.ts'
import { openRounds } from './rounds.ts'

interface Deps extends Desk {
  db: Db
  onFault(what: string, error: unknown): void
}

const MATCH_EVERY = 30_000
const FORGET_EVERY = 3_600_000
/** Not at once: whoever starts has members to carry first. */
const FIRST_AFTER = 60_000
/** Any numbers that nobody else locks. */
const MATCH_LOCK = 7_021_981
const FORGET_LOCK = 7_021_982

/** What can wait, in one worker at a time: lost receipts find their messages, and what is not kept any longer leaves. */
export function openHousekeeping(deps: Deps): { close(): Promise<void> } {
  const { db, onFault } = deps
  const matching = openRounds({
    everyMs: MATCH_EVERY,
    work: () => alone(db, MATCH_LOCK, () => matchLost(deps)),
    onFault: (error) => onFault('matching receipts', error),
  })
  const forgetting = openRounds({
    everyMs: FORGET_EVERY,
    work: (isOpen) => alone(db, FORGET_LOCK, () => forget(db, isOpen)),
    onFault: (error) => onFault('retention', error),
  })
  const first = setTimeout(forgetting.soon, FIRST_AFTER).unref()
  return {
    async close() {
      clearTimeout(first)
      await Promise.all([matching.close(), forgetting.close()])
    },
  }
}

async function matchLost({ db, digest, memory }: Deps): Promise<void> {
  for (const workspace of await db.outside(standingWorkspaces))
    await matchLostReceipts(db, { digest, memory }, workspace)
}
