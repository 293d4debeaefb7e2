import { z } from 'zod'
import { error, warning } from '../../fault.ts'
import { keySchema } from '../../key.ts'
import { own } from '../../own.ts'
import type { LeafSpec } from '../leaf-spec.ts'
import type { Because } from '../verdict.ts'

const schema = z.strictObject({ inAudience: keySchema })

export type InAudienceLeaf = z.infer<typeof schema>

export interface InAudienceBecause {
  leaf: 'inAudience'
  truth: boolean
  audience: string
  because: Because[]
}

export const inAudience: LeafSpec<InAudienceLeaf, InAudienceBecause> = {
  schema,
  weigh({ inAudience: audience }, scene, ask) {
    return { leaf: 'inAudience', audience, ...ask.audience(audience, scene) }
  },
  say: ({ truth, audience, because }, { names }, inner) => {
    const why = because.length > 0 ? ` (${inner({ truth, because })})` : ''
    return `${truth ? '' : 'not '}in audience *${own(names?.audiences, audience) ?? audience}*${why}`
  },
  // What an audience reads may change after publishing: it is woken by members and consent, else asked at decisions.
  reads: ({ inAudience }) => ({ audience: inAudience, member: true, consent: true }),
  check({ inAudience }, { catalog }) {
    const known = own(catalog.audiences, inAudience)
    if (!known)
      return [
        error(
          'audience-unknown',
          'inAudience',
          `There is no audience *${inAudience}*. Create it, or choose another.`,
        ),
      ]
    if (known.count !== 0) return []
    return [
      warning(
        'audience-empty',
        'inAudience',
        `Nobody is in audience *${inAudience}* now. Check what it asks for.`,
      ),
    ]
  },
}
