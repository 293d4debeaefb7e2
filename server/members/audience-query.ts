import { z } from 'zod'
import { audienceIssues } from '../../flow/conditions/audience.ts'
import { conditionSchema, type Condition } from '../../flow/conditions/schema.ts'
import { parseJson } from '../http/body.ts'
import { Problem } from '../http/problem.ts'

/** An audience in a query: the key of one that is saved, or a condition as JSON. */
export const audienceQuery = z
  .string()
  .max(8_000)
  .transform((text, context): string | Condition => {
    if (!text.startsWith('{')) return text
    const json = jsonOf(text)
    const parsed = conditionSchema.safeParse(json)
    const faults = parsed.success ? audienceIssues('', parsed.data, {}) : parsed.error.issues
    const refused = json instanceof Problem ? [{ path: '', message: json.message }] : faults
    for (const { path, message } of refused) {
      context.addIssue({
        code: 'custom',
        params: { code: 'invalid-condition' },
        message: `${String(path)} ${message}`.trim(),
      })
    }
    return parsed.success && refused.length === 0 ? parsed.data : z.NEVER
  })
  .describe('The key of an audience, or a condition as JSON.')

/** As strict as a body: what no column holds is not looked for either. */
function jsonOf(text: string): unknown {
  try {
    return parseJson(Buffer.from(text), 'application/json')
  } catch (problem) {
    return problem
  }
}
