import { z } from 'zod'
import { warning } from '../../fault.ts'
import { keySchema } from '../../key.ts'
import { own } from '../../own.ts'
import type { LeafSpec } from '../leaf-spec.ts'

const schema = z.strictObject({ inList: keySchema })

export type InListLeaf = z.infer<typeof schema>

export interface InListBecause {
  leaf: 'inList'
  truth: boolean
  list: string
}

export const inList: LeafSpec<InListLeaf, InListBecause> = {
  schema,
  weigh: ({ inList: list }, { member }) => ({ leaf: 'inList', truth: member.lists.includes(list), list }),
  say: ({ truth, list }, { names }) =>
    `${truth ? '' : 'not '}on the list *${own(names?.lists, list) ?? list}*`,
  reads: ({ inList }) => ({ list: inList, member: true }),
  check({ inList }, { catalog }) {
    if (catalog.lists.includes(inList)) return []
    return [
      warning(
        'list-unknown',
        'inList',
        `There is no list *${inList}* yet, so nobody is on it. Create it, or choose another.`,
      ),
    ]
  },
}
