import { z } from 'zod'

/**
 * One of several shapes, told apart by the property each of them alone has: `{ event }`, `{ schedule, audience }`. A plain
 * union would answer a mistake with the faults of every shape; this names those of the one that was meant.
 */
export function keyed<const T extends Record<string, z.ZodObject>>(shapes: T) {
  const options = Object.values(shapes) as [T[keyof T], ...T[keyof T][]] // never empty: each call names its shapes
  return z.preprocess((json, ctx) => {
    const shape = meantShape(json, shapes)
    if (!shape) {
      const message = `Give exactly one of: ${Object.keys(shapes).join(', ')}.`
      ctx.addIssue({ code: 'custom', message, params: { code: 'one-of' } })
      return z.NEVER
    }
    const parsed = shape.safeParse(json)
    for (const issue of parsed.error?.issues ?? []) ctx.addIssue({ ...issue })
    return json
  }, z.union(options))
}

function meantShape(json: unknown, shapes: Record<string, z.ZodObject>): z.ZodObject | undefined {
  if (typeof json !== 'object' || json === null) return undefined
  const meant = Object.keys(shapes).filter((key) => Object.hasOwn(json, key))
  return meant.length === 1 ? shapes[meant[0]!] : undefined
}
