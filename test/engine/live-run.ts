import type { Courier } from '../../activities/effects/send.ts'
import { recordReceipts } from '../../db/receipts.ts'
import type { Channel } from '../../flow/channels/channel.ts'
import { isAbout, saysOtherwise, type ReceiptReply, type Reply } from '../../flow/dry-run/reply.ts'
import type { Plan } from '../../flow/plan.ts'
import type { ReceiptKind } from '../../flow/receipt.ts'
import type { HeldClock } from './held-clock.ts'
import type { World } from './world.ts'

/** Somebody who goes through a flow live, and what they answer when. */
export interface Traveller {
  member: string
  replies: Reply[]
  event: Record<string, unknown>
}

export interface LiveRun {
  plan: Plan
  travellers: Traveller[]
}

/** More instants than any journey that is drawn has. */
const MOST_INSTANTS = 500

/**
 * Sends these people through a flow that listens for `Won`: events and reports come at the instants at which a dry run takes them
 * to come, and the clock moves from one thing that happens to the next, until nothing more would.
 */
export async function runLive(world: World, clock: HeldClock, run: LiveRun): Promise<void> {
  const heard = new Set<Reply>()
  const courier = world.engine.courier
  world.engine.courier = answering(courier, { world, clock, run, heard })
  try {
    await world.postAll(run.travellers.map(({ member, event: data }) => ({ type: 'Won', member, data })))
    await world.carry()
    for (let instants = 0; instants < MOST_INSTANTS; instants += 1) {
      await answer(world, { clock, run, heard })
      const next = await nextInstant(world, { clock, run })
      if (next === null) return
      await clock.moveTo(next)
      await answer(world, { clock, run, heard })
      await world.carry()
    }
    throw new Error('somebody goes on for ever')
  } finally {
    world.engine.courier = courier
  }
}

interface Scene {
  clock: HeldClock
  run: LiveRun
  heard: Set<Reply>
}

/** What comes at this instant, one after the other, each with what it makes happen. */
async function answer(world: World, { clock, run, heard }: Scene): Promise<void> {
  for (const { member, replies } of run.travellers) {
    for (const reply of replies.filter((one) => one.at === clock.now() && !heard.has(one))) {
      if ('event' in reply) {
        heard.add(reply)
        await world.post(reply.event.type, member, { data: reply.event.data })
      } else {
        const [message] = await world.rows<{ id: number }>(
          `select m.id from message m join member p on p.id = m.member
           where p.external_id = $1 and m.node = $2 and m.channel = $3 and m.granted_at is not null`,
          [member, reply.receipt.node, reply.receipt.channel],
        )
        if (!message) continue
        heard.add(reply)
        await report(world, { clock, message: message.id, kind: reply.receipt.status })
      }
      await world.carry()
    }
  }
}

async function report(
  world: World,
  { clock, message, kind }: { clock: HeldClock; message: number; kind: ReceiptKind },
): Promise<void> {
  const at = new Date(clock.now())
  const key = `${message} ${kind} ${at.toISOString()}`
  const receipt = { key, message, transport: null, providerId: null, kind, at, data: { hard: true } }
  await world.within((tx) => recordReceipts(tx, world.desk, [receipt]))
}

/** When somebody is due, or answers. */
async function nextInstant(world: World, { clock, run }: Omit<Scene, 'heard'>): Promise<number | null> {
  const [due] = await world.rows<{ at: Date | null }>(
    `select min(due_at) at from enrollment where state = 'resting' and due_at < 'infinity'`,
  )
  const answers = run.travellers.flatMap(({ replies }) => replies.map(({ at }) => at))
  const coming = answers.filter((at) => at > clock.now())
  const next = Math.min(due?.at?.getTime() ?? Infinity, ...coming)
  return Number.isFinite(next) ? next : null
}

/** A provider that refuses what is said to fail by then, and reports at once how far a message got. */
function answering(courier: Courier, { world, clock, run, heard }: Scene & { world: World }): Courier {
  return {
    ...courier,
    async send(prepared) {
      const { message, scene } = prepared.job
      const { channel } = message
      const replies = run.travellers.find((one) => one.member === scene.member.externalId)?.replies ?? []
      const about = replies.filter((reply) => isAbout(reply, message.node, channel))
      const early = about.filter(({ at }) => at <= clock.now())
      for (const reply of early) heard.add(reply)
      const told = early.map(({ receipt }) => receipt.status)
      const refused = told.includes('failed')
      const until = reaches(run.plan, { node: message.node, channel, about })
      const kinds = refused ? [] : [...told, ...(until && !told.includes('bounced') ? [until] : [])]
      for (const kind of kinds) await report(world, { clock, message: message.id, kind })
      if (!refused) return courier.send(prepared)
      return { outcome: 'rejected', class: 'unavailable', response: 'Said to fail.' }
    },
  }
}

function reaches(
  { nodes }: Plan,
  { node, channel, about }: { node: string; channel: Channel; about: ReceiptReply[] },
) {
  const send = nodes[node]
  const until = send?.kind === 'send' ? send.route.hops[channel]?.until : undefined
  return until && !about.some((reply) => saysOtherwise(reply, until)) ? until : null
}
