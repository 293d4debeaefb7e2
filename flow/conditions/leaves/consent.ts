import { z } from 'zod'
import { CHANNELS, type Channel } from '../../channels/channel.ts'
import { CHANNEL_SPECS } from '../../channels/registry.ts'
import type { ConsentFact } from '../../facts.ts'
import { warning } from '../../fault.ts'
import { keySchema } from '../../key.ts'
import type { LeafSpec } from '../leaf-spec.ts'

const schema = z.strictObject({
  consent: z.strictObject({
    topic: keySchema,
    channel: z.enum(CHANNELS),
    state: z.enum(['granted', 'revoked']),
  }),
})

export type ConsentLeaf = z.infer<typeof schema>

export interface ConsentBecause {
  leaf: 'consent'
  truth: boolean
  topic: string
  channel: Channel
  found: ConsentFact['state'] | null
}

export const consent: LeafSpec<ConsentLeaf, ConsentBecause> = {
  schema,
  weigh({ consent: { topic, channel, state } }, { member }) {
    const found = stateOf(member.consents, topic, channel)
    return { leaf: 'consent', truth: found === state, topic, channel, found }
  },
  say: ({ topic, channel, found }) =>
    `consent for *${topic}* by ${CHANNEL_SPECS[channel].name} was ${found ?? 'never given'}`,
  reads: () => ({ consent: true }),
  check({ consent: { topic } }, { catalog }) {
    if (topic === '*' || (catalog.topics?.includes(topic) ?? true)) return []
    return [
      warning(
        'topic-unknown',
        'consent.topic',
        `There is no topic *${topic}*, and the list of topics is closed. Choose another.`,
      ),
    ]
  },
}

/** A STOP on the channel (topic `*` revoked) revokes every topic there; without any word there is no state. */
function stateOf(
  consents: readonly ConsentFact[],
  topic: string,
  channel: Channel,
): ConsentFact['state'] | null {
  const here = consents.filter((one) => one.channel === channel)
  if (here.some((one) => one.topic === '*' && one.state === 'revoked')) return 'revoked'
  return here.find((one) => one.topic === topic)?.state ?? null
}
