import { stepsOf, type StepRow } from '../../db/enrollments.ts'
import type { Channel } from '../../flow/channels/channel.ts'
import type { HopFact } from '../../flow/facts.ts'
import type { Reason } from '../../flow/reason.ts'
import { say } from '../../flow/words.ts'
import type { World } from './world.ts'

export interface Told {
  node: string
  state: 'active' | 'resting' | 'ended'
  code: string | null
  version: number
  steps: StepRow[]
}

/** A member's enrollments, oldest first, with what became of them. */
export async function journeysOf(world: World, member: string): Promise<Told[]> {
  const rows = await world.rows<Omit<Told, 'steps'> & { id: number }>(
    `select e.id, e.node, e.state, coalesce(e.reason, e.mark, e.rest)->>'code' code, v.number version from enrollment e
     join member m on m.id = e.member join flow_version v on v.id = e.version where m.external_id = $1 order by e.id`,
    [member],
  )
  const steps = await world.within((tx) =>
    stepsOf(
      tx,
      rows.map((row) => row.id),
    ),
  )
  return rows.map(({ id, ...row }) => ({ ...row, steps: steps.filter((step) => step.enrollment === id) }))
}

/** `node outcome code` for each step of a member's only, or newest, journey. */
export async function traceOf(world: World, member: string): Promise<string[]> {
  const journey = (await journeysOf(world, member)).at(-1)
  return (journey?.steps ?? []).map(({ node, outcome, code }) => `${node} ${outcome} ${code}`)
}

/** The newest journey of a member in words, as `why` tells it. */
export async function toldOf(world: World, member: string): Promise<string[]> {
  const journey = (await journeysOf(world, member)).at(-1)
  return (journey?.steps ?? []).map(
    ({ node, code, args }) => `${node}: ${say({ code, ...(args && { args }) })}`,
  )
}

export interface Sent {
  id: number
  node: string
  hop: number
  channel: Channel
  status: HopFact['status']
  reason: Reason | null
  to: string | null
  locale: string
}

/** The ledger's rows of a member, or of everybody, in the order they were claimed. */
export async function messagesOf(world: World, member?: string): Promise<Sent[]> {
  return world.rows<Sent>(
    `select m.id, m.node, m.hop, m.channel, m.status, m.reason, m."to", m.locale from message m
     join member p on p.id = m.member where $1::text is null or p.external_id = $1 order by m.id`,
    [member ?? null],
  )
}

/** `node channel status` for each message of a member. */
export async function ledgerOf(world: World, member: string): Promise<string[]> {
  return (await messagesOf(world, member)).map(({ node, channel, status }) => `${node} ${channel} ${status}`)
}
