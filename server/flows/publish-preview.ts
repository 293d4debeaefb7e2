import { z } from 'zod'
import type { Standing } from '../../db/standings.ts'
import type { FlowDocument } from '../../flow/document.ts'
import { wouldMove } from '../../flow/moving.ts'
import { say } from '../../flow/words.ts'

const count = z.int()

export const publishPreview = z
  .strictObject({
    moving: count.describe('How many would go on in the new version with "move".'),
    finishing: count.describe('How many would finish the version they are in, even so.'),
    nodes: z.array(
      z.strictObject({
        version: z.int(),
        node: z.string(),
        kind: z.string().nullable(),
        label: z.string().nullable(),
        resting: count,
        active: count.describe('Being carried on at this moment: they finish.'),
        moves: z.boolean(),
        why: z.string(),
      }),
    ),
  })
  .meta({ id: 'PublishPreview' })

/** Where the people inside stand, and where they would go if this drawing were published. */
export function previewPublish(
  standings: Standing[],
  document: FlowDocument,
): z.input<typeof publishPreview> {
  const nodes = standings.map((standing) => {
    const { moves, why } = wouldMove(standing, document)
    return { ...standing, moves, why: say(why) }
  })
  const inside = nodes.reduce((sum, { resting, active }) => sum + resting + active, 0)
  const moving = nodes.reduce((sum, { moves, resting }) => sum + (moves ? resting : 0), 0)
  return { moving, finishing: inside - moving, nodes }
}
