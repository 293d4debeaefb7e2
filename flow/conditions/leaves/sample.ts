import { z } from 'zod'
import { bucketOf } from '../../bucket.ts'
import type { LeafSpec } from '../leaf-spec.ts'

const schema = z.strictObject({
  sample: z.strictObject({ percent: z.number().min(0).max(100), salt: z.string().max(200) }),
})

export type SampleLeaf = z.infer<typeof schema>

export interface SampleBecause {
  leaf: 'sample'
  truth: boolean
  percent: number
}

/** The same members for the same salt, always; a larger percent keeps those of a smaller one. */
export const sample: LeafSpec<SampleLeaf, SampleBecause> = {
  schema,
  weigh({ sample: { percent, salt } }, { member }) {
    return { leaf: 'sample', truth: bucketOf(member.id, salt) * 100 < percent, percent }
  },
  say: ({ truth, percent }) => `${truth ? 'inside' : 'outside'} the sample of ${percent} %`,
  reads: () => ({}),
}
