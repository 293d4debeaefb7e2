import type { Desk } from '../../../db/desk.ts'
import { lockLivingByName, putOnList, unknownMember } from '../../../db/list-members.ts'
import { memberChange, type MemberChange } from '../../../db/member-change.ts'
import { upsertMembers } from '../../../db/members.ts'
import type { Tx } from '../../../db/pool.ts'
import type { Kind, Line } from '../kind.ts'
import { topicFilter } from '../topic-filter.ts'
import { MEMBER_FIELDS, topicsOf } from './members.ts'

interface Onto {
  list: number
  desk: Desk
  /** Whether whoever imports may also write about members. */
  mayWrite: boolean
}

/** Members for a list: those who are known need their id alone, others are stored by what their row says. */
export function listRows({ list, desk, mayWrite }: Onto): Kind<MemberChange> {
  return {
    fields: MEMBER_FIELDS,
    schema: memberChange,
    async store(tx, lines) {
      const { allowed, rejects } = await topicFilter(tx, lines, topicsOf)
      const forbidden = mayWrite ? [] : allowed.filter(saysMore).map(refused)
      const left = mayWrite ? allowed : allowed.filter((one) => !saysMore(one))
      const known = await storeMembers(tx, desk, left)
      const unknown = left.filter(({ value }) => !known.has(value.externalId)).map(stranger)
      const named = left.length - unknown.length
      const added = await putOnList(tx, desk.memory, { list, members: [...new Set(known.values())] })
      return { duplicates: named - added.size, rejects: [...rejects, ...forbidden, ...unknown] }
    },
  }
}

/** All are locked in one order first; who is new comes after them. */
async function storeMembers(tx: Tx, desk: Desk, lines: Line<MemberChange>[]): Promise<Map<string, number>> {
  const names = lines.map(({ value }) => value.externalId)
  const known = await lockLivingByName(tx, names)
  const saying = lines.filter(saysMore).map(({ value }) => value)
  if (saying.length === 0) return known
  await upsertMembers(tx, desk, saying)
  return lockLivingByName(tx, names)
}

const saysMore = ({ value }: Line<MemberChange>): boolean => Object.keys(value).length > 1

const stranger = ({ line, nameOf }: Line<MemberChange>) => ({
  line,
  issues: [unknownMember(nameOf('externalId'))],
})

const refused = ({ line }: Line<MemberChange>) => ({
  line,
  issues: [
    {
      path: '',
      code: 'forbidden',
      message: 'This API key lacks the scope members:write. It can put on a list those who are known.',
    },
  ],
})
