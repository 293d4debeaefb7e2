import type { FrequencyCap } from '../../flow/facts.ts'
import { zoneAtNoon } from './clock.ts'
import { ALLOW_TWICE, drawing, send } from './drawing.ts'
import { somebody } from './people.ts'
import { journeysOf, messagesOf } from './story.ts'
import { openWorld, type World } from './world.ts'

export function daily(max: number, more: Partial<FrequencyCap> = {}): FrequencyCap {
  return { max, per: 'day', window: 'rolling', ...more }
}

/** A world with a flow that mails whoever wins, each time. */
export async function openCapped(): Promise<World> {
  const world = await openWorld()
  await world.publish(drawing({ tell: send('fixed', ['email']) }, { settings: ALLOW_TWICE }))
  return world
}

/** Somebody where it is noon. */
export async function somebodyNew(world: World, change: object = {}): Promise<string> {
  const member = somebody({ timeZone: zoneAtNoon(), ...change })
  await world.put(member)
  return member.externalId
}

export async function win(
  world: World,
  member: string,
  { times = 1, event = 'Won' }: { times?: number; event?: string } = {},
): Promise<void> {
  for (let n = 0; n < times; n += 1) await world.post(event, member)
}

/** How many messages went to them, and how many journeys rest with which reason. */
export async function counts(world: World, member: string) {
  const journeys = await journeysOf(world, member)
  const rests = journeys.filter((one) => one.state === 'resting').map((one) => one.code)
  return { sent: (await messagesOf(world, member)).length, rests }
}
