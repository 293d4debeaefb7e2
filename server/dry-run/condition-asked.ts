import { invalid } from '../../db/fault.ts'
import { audienceIssues } from '../../flow/conditions/audience.ts'
import type { Condition } from '../../flow/conditions/schema.ts'
import type { WorkspaceFacts } from '../../flow/facts.ts'
import { own } from '../../flow/own.ts'

/** The condition of an audience that a request names by its key, or writes in place. */
export function conditionAsked(
  audience: string | Condition,
  { audiences }: Pick<WorkspaceFacts, 'audiences'>,
): Condition {
  if (typeof audience === 'string') {
    const saved = own(audiences, audience)
    if (saved) return saved
    const message = `There is no audience *${audience}*. Create it, or name another.`
    throw invalid([{ path: 'audience', code: 'unknown-audience', message }])
  }
  const issues = audienceIssues('', audience, {})
  const inBody = (path: string): string => (path ? `audience.${path}` : 'audience')
  if (issues.length > 0) throw invalid(issues.map((issue) => ({ ...issue, path: inBody(issue.path) })))
  return audience
}
