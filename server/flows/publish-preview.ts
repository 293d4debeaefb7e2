import { z } from 'zod'
import type { Standing } from '../../db/standings.ts'
import type { FlowDocument } from '../../flow/document.ts'
import { canMove } from '../../flow/moving.ts'
import { say } from '../../flow/words.ts'

const count = z.int()

export const publishPreview = z
  .strictObject({
    movable: count.describe('How many go on in the new version if it is published with inside "move".'),
    staying: count.describe('How many finish the version they are in, however it is published.'),
    nodes: z.array(
      z.strictObject({
        version: z.int(),
        node: z.string(),
        kind: z.string().nullable(),
        label: z.string().nullable(),
        resting: count,
        active: count.describe('Being carried on at this moment: they finish.'),
        movable: z.boolean(),
        why: z.string(),
      }),
    ),
  })
  .meta({ id: 'PublishPreview' })

/** Where the people inside stand, and who could be moved if this drawing were published. */
export function previewPublish(
  standings: Standing[],
  document: FlowDocument,
): z.input<typeof publishPreview> {
  const nodes = standings.map((standing) => {
    const { movable, why } = canMove(standing, document)
    return { ...standing, movable, why: say(why) }
  })
  const inside = nodes.reduce((sum, { resting, active }) => sum + resting + active, 0)
  const movable = nodes.reduce((sum, node) => sum + (node.movable ? node.resting : 0), 0)
  return { movable, staying: inside - movable, nodes }
}
