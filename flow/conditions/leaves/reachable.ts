import { z } from 'zod'
import { CHANNELS, type Channel } from '../../channels/channel.ts'
import { CHANNEL_SPECS } from '../../channels/registry.ts'
import type { LeafSpec } from '../leaf-spec.ts'

const schema = z.strictObject({ reachable: z.enum(CHANNELS) })

export type ReachableLeaf = z.infer<typeof schema>

export interface ReachableBecause {
  leaf: 'reachable'
  truth: boolean
  channel: Channel
  found: 'address' | 'suppressed' | null
}

/** An address that may be used. Consent is another question, and another leaf. */
export const reachable: LeafSpec<ReachableLeaf, ReachableBecause> = {
  schema,
  weigh({ reachable: channel }, { member }) {
    const usable = member.suppressions[channel] ? 'suppressed' : 'address'
    const found = member.addresses[channel] ? usable : null
    return { leaf: 'reachable', truth: found === 'address', channel, found }
  },
  say: ({ truth, channel, found }) => {
    if (truth) return `reachable by ${CHANNEL_SPECS[channel].name}`
    const why = found === 'suppressed' ? 'the address is suppressed' : 'no address for it'
    return `not reachable by ${CHANNEL_SPECS[channel].name} (${why})`
  },
  reads: () => ({ member: true, consent: true, receipts: true }),
}
