import { z } from 'zod'
import { unrecorded } from '../../../db/consent-log.ts'
import { recordConsents } from '../../../db/consents.ts'
import type { Desk } from '../../../db/desk.ts'
import { lockLivingByName, unknownMember } from '../../../db/list-members.ts'
import { consentSaid, externalIdSchema } from '../../../db/member-change.ts'
import { linesNamed, type Fields } from '../columns.ts'
import type { Kind } from '../kind.ts'
import { topicFilter } from '../topic-filter.ts'

const FIELDS: Fields = {
  fixed: linesNamed('member', 'topic', 'channel', 'state', 'source', 'wording', 'at'),
  open: 'proof',
  required: ['member', 'topic', 'channel', 'state', 'source', 'at'],
}

/** A consent of somebody who is known, with its instant: a proof has a date, and the newest one counts. */
const consentRow = consentSaid
  .required({ at: true })
  .extend({ member: externalIdSchema })
  .meta({ id: 'ConsentRow' })

/** What is in the ledger already, to the instant and the source, is not written a second time. */
export function consentRows(desk: Desk): Kind<z.output<typeof consentRow>> {
  return {
    fields: FIELDS,
    schema: consentRow,
    async store(tx, lines) {
      const { allowed, rejects } = await topicFilter(tx, lines, ({ topic }) => [{ topic, path: 'topic' }])
      const known = await lockLivingByName(
        tx,
        allowed.map(({ value }) => value.member),
      )
      const strangers = allowed.filter(({ value }) => !known.has(value.member))
      const said = allowed.flatMap(({ value }) => {
        const member = known.get(value.member)
        return member === undefined ? [] : [{ ...value, member }]
      })
      const fresh = await unrecorded(tx, said)
      await recordConsents(tx, desk, fresh)
      const unknown = strangers.map(({ line, nameOf }) => ({
        line,
        issues: [unknownMember(nameOf('member'))],
      }))
      return { duplicates: said.length - fresh.length, rejects: [...rejects, ...unknown] }
    },
  }
}
