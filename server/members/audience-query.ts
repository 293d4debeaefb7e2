import { z } from 'zod'
import { audienceIssues } from '../../flow/conditions/audience.ts'
import { conditionSchema, type Condition } from '../../flow/conditions/schema.ts'

/** An audience in a query: the key of one that is saved, or a condition as JSON. */
export const audienceQuery = z
  .string()
  .max(8_000)
  .transform((text, context): string | Condition => {
    if (!text.startsWith('{')) return text
    const parsed = conditionSchema.safeParse(jsonOf(text))
    const faults = parsed.success ? audienceIssues('', parsed.data, {}) : parsed.error.issues
    for (const { path, message } of faults) {
      context.addIssue({
        code: 'custom',
        params: { code: 'invalid-condition' },
        message: `${String(path)} ${message}`.trim(),
      })
    }
    return parsed.success && faults.length === 0 ? parsed.data : z.NEVER
  })
  .describe('The key of an audience, or a condition as JSON.')

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
