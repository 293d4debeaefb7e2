import { z } from 'zod'
import { warning } from '../../fault.ts'
import { keySchema } from '../../key.ts'
import { own } from '../../own.ts'
import type { LeafSpec } from '../leaf-spec.ts'

const schema = z.strictObject({
  flow: z.strictObject({ id: keySchema, state: z.enum(['inside', 'ended', 'ever']) }),
})

export type FlowLeaf = z.infer<typeof schema>

export interface FlowBecause {
  leaf: 'flow'
  truth: boolean
  flow: string
  state: FlowLeaf['flow']['state']
}

export const flow: LeafSpec<FlowLeaf, FlowBecause> = {
  schema,
  weigh({ flow: { id, state } }, { member }) {
    const truth = member.flows.some((one) => one.id === id && (state === 'ever' || one.state === state))
    return { leaf: 'flow', truth, flow: id, state }
  },
  say: ({ truth, flow, state }, { names }) => {
    const where = { inside: 'inside', ended: 'through with', ever: 'ever in' }[state]
    return `${truth ? '' : 'not '}${where} flow *${own(names?.flows, flow) ?? flow}*`
  },
  reads: ({ flow }) => ({ flow: flow.id }),
  check({ flow }, { catalog }) {
    if (catalog.flows.includes(flow.id)) return []
    return [
      warning(
        'flow-unknown',
        'flow.id',
        `There is no flow *${flow.id}*, so nobody was in it. Choose another.`,
      ),
    ]
  },
}
