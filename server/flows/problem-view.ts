import { z } from 'zod'

/** What is wrong, or doubtful, in a drawing. */
export const problemView = z
  .strictObject({
    code: z.string(),
    nodeId: z.string().nullable(),
    path: z.string(),
    message: z.string(),
    severity: z.enum(['error', 'warning']),
  })
  .meta({ id: 'FlowProblem' })
