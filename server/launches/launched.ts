import { z } from 'zod'
import { invalid, type Issue } from '../../db/fault.ts'
import type { Launched } from '../../db/launches.ts'
import { externalIdSchema } from '../../db/member-change.ts'
import type { Memory } from '../../db/memory.ts'
import type { Tx } from '../../db/pool.ts'
import { memberIds } from '../../db/population.ts'
import { audienceIssues } from '../../flow/conditions/audience.ts'
import { conditionSchema } from '../../flow/conditions/schema.ts'
import { keySchema } from '../../flow/key.ts'

export const launchedBody = {
  audience: z.union([keySchema, conditionSchema]).optional().describe('Its key or a condition.'),
  members: z.array(externalIdSchema).min(1).max(1_000).optional().describe('External ids.'),
}

type Asked = Pick<z.output<z.ZodObject<typeof launchedBody>>, 'audience' | 'members'>

/** Whom a request means; refused unless it names either an audience or members, all of them known. */
export async function launchedBy(tx: Tx, memory: Memory, { audience, members }: Asked): Promise<Launched> {
  if (members && audience === undefined) return { members: await known(tx, members) }
  if (audience === undefined || members) {
    const message = 'Give either an audience or members.'
    throw invalid([{ path: 'audience', code: 'members-or-audience', message }])
  }
  const { audiences } = await memory.workspace(tx)
  const issues = audienceFaults(audience, audiences)
  if (issues.length > 0) throw invalid(issues)
  return { audience }
}

async function known(tx: Tx, members: string[]): Promise<number[]> {
  const ids = await memberIds(tx, members)
  const message = 'There is no member with this id.'
  const issues = ids.flatMap((id, at): Issue[] =>
    id === undefined ? [{ path: `members[${at}]`, code: 'unknown-member', message }] : [],
  )
  if (issues.length > 0) throw invalid(issues)
  return [...new Set(ids.filter((id) => id !== undefined))]
}

type Audiences = Parameters<typeof audienceIssues>[2]

function audienceFaults(audience: NonNullable<Asked['audience']>, audiences: Audiences): Issue[] {
  if (typeof audience !== 'string') {
    const issues = audienceIssues('', audience, audiences)
    return issues.map((issue) => ({ ...issue, path: issue.path ? `audience.${issue.path}` : 'audience' }))
  }
  if (Object.hasOwn(audiences, audience)) return []
  const message = `There is no audience *${audience}*. Save it, or name another.`
  return [{ path: 'audience', code: 'unknown-audience', message }]
}
