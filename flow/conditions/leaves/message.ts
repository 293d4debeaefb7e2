import { z } from 'zod'
import { REACHED, type Reached } from '../../channels/channel.ts'
import { error } from '../../fault.ts'
import { keySchema } from '../../key.ts'
import { own } from '../../own.ts'
import { hasReached } from '../../reached.ts'
import type { LeafSpec } from '../leaf-spec.ts'

const schema = z.strictObject({
  message: z.strictObject({ node: keySchema.optional(), status: z.enum([...REACHED, 'failed']) }),
})

export type MessageLeaf = z.infer<typeof schema>

export interface MessageBecause {
  leaf: 'message'
  truth: boolean
  node?: string
  /** What people call the node. */
  label?: string
  status: Reached | 'failed'
}

/** About the messages of this journey: at a node, or at any. */
export const message: LeafSpec<MessageLeaf, MessageBecause> = {
  schema,
  weigh({ message: { node, status } }, { enrollment, plan }) {
    const hops = enrollment?.hops.filter((hop) => node === undefined || hop.node === node) ?? []
    const truth = hops.some((hop) =>
      status === 'failed' ? hop.status === 'failed' : hasReached(hop, status),
    )
    const label = node === undefined ? null : own(plan?.nodes, node)?.label
    return { leaf: 'message', truth, status, ...(node !== undefined && { node }), ...(label && { label }) }
  },
  say: ({ truth, node, label = node, status }) => {
    const where = label === undefined ? '' : ` at *${label}*`
    const word = status === 'failed' ? 'had failed' : `was ${status}`
    return truth ? `a message${where} ${word}` : `no message${where} ${word}`
  },
  reads: () => ({ receipts: true }),
  check({ message: { node } }, { document }) {
    if (node === undefined || own(document.nodes, node)?.kind === 'send') return []
    return [
      error(
        'message-node',
        'message.node',
        `There is no send called *${node}*. Choose one of this flow, or leave it out for any.`,
      ),
    ]
  },
}
