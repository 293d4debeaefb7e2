import { createHash } from 'node:crypto'
import { compile } from '../flow/compile.ts'
import type { FlowDocument } from '../flow/document.ts'
import { enter } from './enter.ts'
import { entrantsWithout } from './entrants.ts'
import { missing } from './fault.ts'
import type { FlowRow } from './flows.ts'
import type { Memory } from './memory.ts'
import { ensureMembers } from './members.ts'
import type { Tx } from './pool.ts'
import { publishVersion } from './publish.ts'

export interface Single {
  member: string
  document: FlowDocument
  data: Record<string, unknown>
  author: string
}

/**
 * One message to one member: an entry into a small flow of its own, so that it has the same gate, ledger and trace as
 * every other. Requests of the same shape share that flow. Answers the enrollment's id.
 */
export async function enterSingle(
  tx: Tx,
  memory: Memory,
  { member, document, data, author }: Single,
): Promise<number> {
  const version = await versionFor(tx, document, author)
  const [known] = await tx.rows('select 1 from member where external_id = $1', [member])
  if (!known) throw missing('member')
  const members = await ensureMembers(tx, [member])
  const entrants = await entrantsWithout(tx, [...members.values()], { type: null, data })
  const { begun } = await enter(tx, memory, { version, entrants, lane: 'urgent' })
  const [journey] = begun
  if (!journey) throw new Error('a launch into a flow that allows every entry enrolls')
  return journey.id
}

/** The hidden flow for documents that are alike; twins that make it at once wait for the first. */
async function versionFor(tx: Tx, document: FlowDocument, author: string): Promise<number> {
  const text = JSON.stringify(document)
  const key = `single-${createHash('sha256').update(text).digest('hex')}`
  const find = () => tx.rows<{ version: number | null }>('select version from flow where key = $1', [key])
  const [found] = await find()
  if (found?.version) return found.version
  const [flow] = await tx.rows<FlowRow>(
    `insert into flow (workspace, kind, key, name, draft) values (current_setting('app.workspace')::int, 'single', $1, $2, $3)
     on conflict do nothing returning id, state`,
    [key, document.name, text],
  )
  if (flow)
    return (await publishVersion(tx, { flow, document, plan: compile(document), note: null, author })).id
  const [twin] = await find()
  if (!twin?.version) throw new Error('a flow of a single message was made without its version')
  return twin.version
}
