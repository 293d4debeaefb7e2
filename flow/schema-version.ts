import { z } from 'zod'

export const LATEST = 'fanfare.flow/1'

/** From each older version to the one after it, on plain JSON. */
const STEPS: Record<
  string,
  { to: string; change: (json: Record<string, unknown>) => Record<string, unknown> }
> = {}

/** Brings a document of an older version up to date; one that is newer than this program is an issue. */
export function upgrade(json: unknown, ctx: z.RefinementCtx): unknown {
  if (typeof json !== 'object' || json === null || !('schema' in json)) return json
  let document = json as Record<string, unknown> // an object of JSON
  for (let step = stepFrom(document); step; step = stepFrom(document))
    document = { ...step.change(document), schema: step.to }
  if (document['schema'] === LATEST) return document
  const message = `This version reads ${LATEST}. Save the flow as that, or update Fanfare.`
  ctx.addIssue({ code: 'custom', path: ['schema'], message, params: { code: 'schema-version' } })
  return z.NEVER
}

function stepFrom({ schema }: Record<string, unknown>) {
  return typeof schema === 'string' && Object.hasOwn(STEPS, schema) ? STEPS[schema] : undefined
}
