import { flowStats } from '../../db/flow-stats.ts'
import { memberFacts } from '../../db/hot/facts.ts'
import { wantedFor } from '../../db/hot/wanted.ts'
import { encodeId } from '../../db/ids.ts'
import { memberIds } from '../../db/population.ts'
import { readOnly } from '../../db/read-only.ts'
import { templateBodies } from '../../db/template-bodies.ts'
import type { Step } from '../../flow/decision.ts'
import { dryRun } from '../../flow/dry-run/dry-run.ts'
import { tellRefusals } from '../../flow/dry-run/tell-refusals.ts'
import { told } from '../../flow/dry-run/told.ts'
import type { Plan } from '../../flow/plan.ts'
import { say } from '../../flow/words.ts'
import { openFilling } from '../../server/dry-run/filling.ts'
import { openRoom } from '../../server/dry-run/room.ts'
import { openTally } from '../../server/dry-run/tally.ts'
import type { Traveller } from './live-run.ts'
import { journeysOf, messagesOf } from './story.ts'
import type { World } from './world.ts'

/** What is told of a run: each member's steps and channels, and the sums of the flow. */
export interface Account {
  members: Record<string, Told>
  nodes: Record<string, { entered: number; left: number; exits: Record<string, number> }>
}

interface Told {
  steps: string[]
  messages: string[]
}

export interface Run {
  flow: number
  plan: Plan
  travellers: Traveller[]
  /** The instant of the entry. */
  start: number
}

/** What a dry run says of these people, on the facts that are in the database. */
export function dryAccount(world: World, { flow, plan, travellers, start }: Run): Promise<Account> {
  return readOnly(world.db, world.workspace, async (tx) => {
    const workspace = await world.desk.memory.workspace(tx)
    const versions = Object.values(workspace.templates).map(({ versionId }) => versionId)
    const { fill } = openFilling(await templateBodies(tx, versions), openRoom())
    const names = travellers.map(({ member }) => member)
    const ids = (await memberIds(tx, names)).map((id) => id ?? 0)
    const facts = await memberFacts(tx, { members: ids, ...wantedFor(plan, workspace) })
    const tally = openTally(plan)
    const playing = { plan, workspace, start, fill, flow: encodeId('flow', flow) }
    const members = travellers.map(({ member: name, event, replies }, n): [string, Told] => {
      const played = dryRun({ ...playing, member: facts.get(ids[n]!)!, event, replies })
      tally.add(played)
      const entered = played.moves.length > 0
      return [
        name,
        { steps: entered ? told(played, { event }).map(tell) : [], messages: played.sent.toSorted() },
      ]
    })
    return { members: Object.fromEntries(members), nodes: tally.sums().nodes }
  })
}

/** What became of these people. */
export async function liveAccount(world: World, { flow, travellers }: Run): Promise<Account> {
  const { nodes } = await world.within((tx) => flowStats(tx, flow))
  const sums = Object.entries(nodes).map(([id, { entered, left, exits }]) => [id, { entered, left, exits }])
  const names = travellers.map(({ member }) => member)
  const members = await Promise.all(names.map(async (name) => [name, await liveStory(world, name)]))
  return { members: Object.fromEntries(members), nodes: Object.fromEntries(sums) }
}

/** Told as a dry run tells it; nothing when the trigger did not take them in. */
async function liveStory(world: World, member: string): Promise<Told> {
  const journeys = await journeysOf(world, member)
  if (journeys.length > 1) throw new Error(`${member} entered twice`)
  const rows = (await messagesOf(world, member)).filter(({ node }) => node !== 'past')
  const made = rows.filter(({ reason }) => reason?.code !== 'template')
  const steps = journeys.flatMap(({ steps, code }) => {
    const taken = steps.map(({ code, args, candidates, at, ...step }): Step => {
      const reason = { code, ...(args && { args }) }
      return { ...step, at: at.getTime(), reason, ...(candidates && { candidates }) }
    })
    const last = taken.at(-1)
    return last && code === 'end' ? [...taken, ending(last)] : taken
  })
  return { steps: tellRefusals(steps).map(tell), messages: made.map(({ channel }) => channel).toSorted() }
}

function ending({ node, at }: Step): Step {
  return { node, at, outcome: 'end', reason: { code: 'end' } }
}

function tell({ node, at, outcome, reason }: Step): string {
  return `${new Date(at).toISOString()} ${node} ${outcome}: ${say(reason)}`
}
