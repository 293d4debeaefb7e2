import { z } from 'zod'
import { decodeId } from '../../db/ids.ts'
import type { IdKind } from '../../db/ids.ts'

/** `msg_c` in a path, query or body; the handler gets its number. */
export function edgeId(kind: IdKind) {
  return z.string().transform((text, context) => {
    const id = decodeId(kind, text)
    if (id !== undefined) return id
    context.addIssue({
      code: 'custom',
      params: { code: 'unknown-id' },
      message: `This is no id of a ${kind}.`,
    })
    return z.NEVER
  })
}
