import { z } from 'zod'
import type { StepRow } from '../../db/enrollments.ts'
import type { Reader } from '../../flow/reader.ts'
import { say } from '../../flow/words.ts'

export const stepView = z
  .strictObject({
    node: z.string(),
    at: z.iso.datetime(),
    outcome: z.string(),
    why: z.string(),
    candidates: z.array(z.strictObject({ channel: z.string(), refused: z.string().nullable() })).optional(),
  })
  .meta({ id: 'Step' })

export function presentStep(step: StepRow, reader: Reader): z.input<typeof stepView> {
  const { node, at, outcome, code, args, candidates } = step
  const why = say({ code, ...(args && { args }) }, reader)
  const considered = candidates?.map(({ channel, refused }) => ({
    channel,
    refused: refused && say(refused, reader),
  }))
  return { node, at: at.toISOString(), outcome, why, ...(considered && { candidates: considered }) }
}
