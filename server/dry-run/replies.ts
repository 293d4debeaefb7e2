import type { Issue } from '../../db/fault.ts'
import { durationMs } from '../../flow/duration.ts'
import type { Reply } from '../../flow/dry-run/reply.ts'
import { own } from '../../flow/own.ts'
import type { Plan } from '../../flow/plan.ts'
import type { DryRunAsked } from './asked.ts'

type Asked = DryRunAsked['replies']

/** Replies by member, each at its instant, in order of time. `members` are the row ids of who gives them. */
export function repliesOf(
  replies: Asked,
  { members, start }: { members: number[]; start: number },
): Map<number, Reply[]> {
  const byMember = Map.groupBy(replies.keys(), (at) => members[at] ?? 0)
  const timed = [...byMember].map(([member, places]): [number, Reply[]] => [
    member,
    [...places].map((at) => timedReply(replies[at]!, start)).toSorted((a, b) => a.at - b.at),
  ])
  return new Map(timed)
}

function timedReply({ event, receipt, after }: Asked[number], start: number): Reply {
  const at = start + (durationMs(after) ?? 0)
  // The schema let through those with exactly one of the two.
  return event ? { at, event } : { at, receipt: receipt! }
}

/** A report about a message that no send of the drawing makes. */
export function strangeReplies(replies: Asked, { nodes }: Plan): Issue[] {
  return replies.flatMap(({ receipt }, at): Issue[] => {
    if (!receipt || own(nodes, receipt.node)?.kind === 'send') return []
    const message = `There is no send called *${receipt.node}*. Name one of this flow.`
    return [{ path: `replies[${at}].receipt.node`, code: 'unknown-node', message }]
  })
}
