import { awaitedEvents } from '../flow/awaited-events.ts'
import type { Plan } from '../flow/plan.ts'
import { CHANGE_KEY } from './exits.ts'
import type { Tx } from './pool.ts'

export interface Listening {
  flow: number
  version: number
  plan: Plan
}

/** Entries go to this version alone. */
export async function listenToEntries(tx: Tx, { flow, version, plan }: Listening): Promise<void> {
  const trigger = plan.nodes[plan.start]
  const types = trigger?.kind === 'trigger' && trigger.on.by === 'event' ? [trigger.on.event] : []
  await tx.rows(`delete from listener where flow = $1 and role = 'start'`, [flow])
  await listen(tx, { flow, version, role: 'start', types })
}

/** Exit criteria, and events that are waited for, stay heard for the people inside, also once another version takes the entries. */
export async function listenInside(tx: Tx, { flow, version, plan }: Listening): Promise<void> {
  const { events, attributes, consent, receipts } = plan.exitOn
  const changes = Object.entries({ attributes, consent, receipts }).filter(([, heard]) => heard)
  const types = [...events, ...changes.map(([what]) => CHANGE_KEY[what as keyof typeof CHANGE_KEY])]
  await listen(tx, { flow, version, role: 'exit', types })
  await listen(tx, { flow, version, role: 'wait', types: awaitedEvents(plan) })
}

interface Adding {
  flow: number
  version: number
  role: 'start' | 'exit' | 'wait'
  types: string[]
}

async function listen(tx: Tx, { flow, version, role, types }: Adding): Promise<void> {
  if (types.length === 0) return
  await tx.rows(
    `insert into listener (workspace, flow, version, role, event_type)
     select current_setting('app.workspace')::int, $1, $2, $3, type from unnest($4::text[]) type
     on conflict do nothing`,
    [flow, version, role, types],
  )
}
