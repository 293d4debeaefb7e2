import type { WorkspaceFacts } from '../flow/facts.ts'
import type { Plan } from '../flow/plan.ts'
import type { Scene } from '../flow/scene.ts'
import { writeChanges, type Update } from '../db/hot/changes.ts'
import { giveBackLapsed } from '../db/hot/call-grant.ts'
import { settleCalls, type CallSettlement } from '../db/hot/call-outcomes.ts'
import { pendingCalls, type ClaimedCall } from '../db/hot/calls.ts'
import { claimReady, holdCarried, lockMembers, type Carried } from '../db/hot/claim.ts'
import { giveUpLapsed, writeOutcomes, type Settlement } from '../db/hot/outcomes.ts'
import { factsToDecideOn } from '../db/hot/sending.ts'
import type { Stand } from '../db/hot/stands.ts'
import { pendingOf, writeDecisions, type Claimed, type Decided } from '../db/hot/write-decisions.ts'
import type { Tx } from '../db/pool.ts'
import { decideBatch } from './decide-batch.ts'
import type { Engine } from './engine.ts'
import type { Job } from './job.ts'

export interface Carrying {
  stand: Stand
  walk: number
}

/** Claims ready members and decides for each, all in one transaction. */
export async function decideReady(
  engine: Engine,
  of: Carrying,
  limit: number,
): Promise<{ taken: number; jobs: Job[] }> {
  return committed(engine, of, async (tx) => {
    const carried = await claimReady(tx, of.stand, limit)
    return { carried, taken: carried.length }
  })
}

export interface Returning {
  members: { id: number; member: number }[]
  settled: Settlement[]
  called: CallSettlement[]
  /** Whether a process that is gone may have left some of them in doubt: that is found out first. */
  left: boolean
}

/** Writes outcomes and decides again for the members they concern, as far as this walk still carries them. */
export async function decideAgain(
  engine: Engine,
  of: Carrying,
  { members, settled, called, left }: Returning,
): Promise<{ taken: number; jobs: Job[] }> {
  return committed(engine, of, async (tx, plan) => {
    const ids = members.map((one) => one.id)
    // Asked for together, run in this order: the members' locks first, their enrollments last.
    const [, , , , , carried] = await Promise.all([
      lockMembers(
        tx,
        members.map((one) => one.member),
      ),
      writeOutcomes(tx, settled),
      settleCalls(tx, called),
      giveUpLapsed(tx, left ? ids : []),
      giveBackLapsed(tx, left && plan.needs.webhooks ? ids : []),
      holdCarried(tx, of.walk, ids),
    ])
    return { carried, taken: carried.length }
  })
}

type Taking = (tx: Tx, plan: Plan) => Promise<{ carried: Carried[]; taken: number }>

async function committed(
  engine: Engine,
  of: Carrying,
  take: Taking,
): Promise<{ taken: number; jobs: Job[] }> {
  const { jobs, alarms, taken } = await engine.db.inWorkspace(of.stand.workspace, async (tx) => {
    const { flow, plan } = await engine.memory.version(tx, of.stand.version)
    const [{ carried, taken }, workspace] = await Promise.all([
      take(tx, plan),
      factsToDecideOn(tx, engine.memory, flow),
    ])
    return { taken, ...(await writeNext(tx, { engine, of, carried, workspace })) }
  })
  engine.startAlarms(alarms)
  return { taken, jobs }
}

interface Taken {
  engine: Engine
  of: Carrying
  carried: Carried[]
  workspace: WorkspaceFacts
}

async function writeNext(tx: Tx, { engine, of, carried, workspace }: Taken) {
  if (carried.length === 0) return { jobs: [], alarms: [] }
  const { plan, stands, flow } = await engine.memory.version(tx, of.stand.version)
  engine.moved(of.stand.workspace, flow)
  const { scenes, decided } = await decideBatch(tx, engine.memory, { flow, plan, workspace, carried })
  const { claimed, calls, alarms } = await writeDecisions(tx, {
    workspace: of.stand.workspace,
    walk: of.walk,
    settings: plan.settings,
    webhooks: plan.needs.webhooks,
    stands,
    decided,
  })
  const sceneOf = new Map(scenes.map((scene) => [scene.enrollment.id, scene]))
  await writeChanges(tx, engine, updatesOf(decided, sceneOf))
  const waiting = decided.filter(({ decision }) => decision.next.do === 'carry').map((one) => one.carried)
  const [pending, pendingToCall] = await Promise.all([
    pendingOf(tx, waiting).then((messages) => messages.filter(mayLeave(decided))),
    pendingCalls(tx, plan.needs.webhooks ? waiting.map((one) => one.id) : []),
  ])
  const rows = { messages: [...claimed, ...pending], calls: [...calls, ...pendingToCall] }
  return { jobs: jobsOf(rows, sceneOf), alarms }
}

function jobsOf(rows: { messages: Claimed[]; calls: ClaimedCall[] }, sceneOf: Map<number, Scene>): Job[] {
  const messages = rows.messages.flatMap((message): Job[] => {
    const scene = sceneOf.get(message.enrollment)
    return scene ? [{ message, scene }] : []
  })
  const calls = rows.calls.flatMap((call): Job[] => {
    const scene = sceneOf.get(call.enrollment)
    return scene ? [{ call, scene }] : []
  })
  return [...messages, ...calls]
}

/** Some hops of a send may have to wait longer than others. */
function mayLeave(decided: Decided[]): (message: Claimed) => boolean {
  const held = decided.flatMap(({ carried, decision: { next } }) =>
    next.do === 'carry' ? (next.held ?? []).map((hop) => `${carried.id} ${hop}`) : [],
  )
  return ({ enrollment, hop }) => !held.includes(`${enrollment} ${hop}`)
}

function updatesOf(decided: Decided[], sceneOf: Map<number, Scene>): Update[] {
  return decided.flatMap(({ carried, decision: { changes } }) => {
    const member = sceneOf.get(carried.id)?.member
    return member && changes.length > 0 ? [{ member, changes }] : []
  })
}
