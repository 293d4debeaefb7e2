import { setImmediate as others } from 'node:timers/promises'
import { dryRun, type Played } from '../../flow/dry-run/dry-run.ts'
import type { Fill } from '../../flow/dry-run/play.ts'
import { nextReturn } from '../../flow/dry-run/next-entry.ts'
import { told } from '../../flow/dry-run/told.ts'
import type { MemberFacts } from '../../flow/facts.ts'
import { say } from '../../flow/words.ts'
import type { Context } from '../http/context.ts'
import type { DryRunAnswer } from './answer.ts'
import { openDoubts, openFilling, type Filling } from './filling.ts'
import { openLines } from './in-line.ts'
import { pagesOf } from './pages.ts'
import type { Prepared } from './prepare.ts'
import { openRoom, type Room } from './room.ts'
import { openTally } from './tally.ts'

export interface Running {
  /** Ends the run: whoever asked has gone. */
  gone: AbortSignal
  onProgress?(done: number): void
}

/** Other requests get their turn after so many milliseconds of playing. */
const TURN = 10

/** However many are asked for, so many pages of facts are in memory, and so many turns come before other requests. */
const inLine = openLines(2)

/** Plays everybody, a page at a time; what grows with the population is only the time it takes. */
export function run(
  context: Pick<Context, 'db' | 'workspace'>,
  prepared: Prepared,
  running: Running,
): Promise<DryRunAnswer> {
  return inLine(context.workspace, () => playAll(context, prepared, running))
}

async function playAll(
  context: Pick<Context, 'db' | 'workspace'>,
  prepared: Prepared,
  { gone, onProgress }: Running,
): Promise<DryRunAnswer> {
  gone.throwIfAborted()
  const tally = openTally(prepared.plan)
  const members: DryRunAnswer['members'] = []
  const room = openRoom()
  const doubts = openDoubts(prepared.bodies)
  let done = 0
  let since = performance.now()
  for await (const page of pagesOf(context, prepared)) {
    for (const member of page) {
      const listed = members.length < prepared.limit && room.steps > 0
      const filling = listed ? openFilling(prepared.bodies, room) : null
      const played = play(prepared, member, filling?.fill ?? doubts)
      tally.add(played)
      if (filling) members.push(listing(prepared, { member, played, filling }, room))
      if (performance.now() - since < TURN) continue
      await others()
      gone.throwIfAborted()
      since = performance.now()
    }
    done += page.length
    onProgress?.(done)
  }
  return { ...tally.sums(), members, problems: prepared.problems }
}

function play(prepared: Prepared, member: MemberFacts, fill: Fill): Played {
  const { plan, workspace, event, start, onReturn, flow } = prepared
  const entry = (onReturn ? nextReturn({ plan, workspace, member }, start) : null) ?? start
  const replies = prepared.replies.get(member.id) ?? []
  return dryRun({
    plan,
    workspace,
    member,
    event,
    start: entry,
    flow,
    replies: replies.map((reply) => ({ ...reply, at: reply.at - start + entry })),
    fill,
  })
}

interface Listed {
  member: MemberFacts
  played: Played
  filling: Filling
}

function listing(
  { reader, event }: Prepared,
  { member, played, filling }: Listed,
  room: Room,
): DryRunAnswer['members'][number] {
  const steps = told(played, { event }).map(({ node, at, outcome, reason, hop }) => {
    const message = hop && filling.of(hop)
    const why = say(reason, reader)
    room.steps -= why.length
    const step = { node, at: new Date(at).toISOString(), outcome, why }
    return message ? { ...step, message } : step
  })
  return { member: member.externalId, steps }
}
