import type { Desk } from '../../../db/desk.ts'
import { memberChange, type MemberChange } from '../../../db/member-change.ts'
import { upsertMembers } from '../../../db/members.ts'
import { linesNamed, type Fields } from '../columns.ts'
import type { Kind } from '../kind.ts'
import { topicFilter } from '../topic-filter.ts'

export const MEMBER_FIELDS: Fields = {
  fixed: {
    ...linesNamed('externalId', 'email', 'phone', 'locale', 'timeZone'),
    preferredChannels: { path: ['preferredChannels'], type: 'list' },
    tags: { path: ['attributes', 'tags'], type: 'list' },
  },
  open: 'attributes',
  required: ['externalId'],
}

/** Rows that `PUT /v1/members` would take. */
export function memberRows(desk: Desk): Kind<MemberChange> {
  return {
    fields: MEMBER_FIELDS,
    schema: memberChange,
    async store(tx, lines) {
      const { allowed, rejects } = await topicFilter(tx, lines, topicsOf)
      await upsertMembers(
        tx,
        desk,
        allowed.map(({ value }) => value),
      )
      return { duplicates: 0, rejects }
    },
  }
}

export const topicsOf = ({ consents = [] }: MemberChange) =>
  consents.map(({ topic }, at) => ({ topic, path: `consents[${at}].topic` }))
