import type { Clocks } from '../../db/flow-acts.ts'
import type { FlowDocument } from '../../flow/document.ts'
import { actsOn } from './acts.ts'
import { expectBalance } from './balance.ts'
import { drawing } from './drawing.ts'
import { somebody } from './people.ts'
import { journeysOf, type Told } from './story.ts'
import { openWorld } from './world.ts'

type Steps = Parameters<typeof drawing>[0]

/** Takes a member out of any flow of these tests. */
const CLOSED = { event: 'Closed', count: { op: '>=', n: 1 }, since: 'entry' }

/** A world in which one flow at a time is begun, entered and acted on. */
export async function openLife() {
  const world = await openWorld()
  const acts = actsOn(world)
  let flow = 0
  let flows = 0

  const life = {
    world,
    flow: () => flow,
    /** The event that the flow begins with. */
    event: () => `Won${flows}`,
    /** These steps behind the event of the flow that was begun last. */
    drawn: (steps: Steps, settings: object = { exitWhen: CLOSED }): FlowDocument =>
      drawing(steps, { settings, on: { event: life.event() } }),
    /** Publishes a flow of these steps; answers a member who is carried as far as they come. */
    async begin(steps: Steps, change: object = {}): Promise<string> {
      flows += 1
      flow = await world.publish(life.drawn(steps))
      return life.enter(change)
    },
    async enter(change: object = {}): Promise<string> {
      const member = somebody(change)
      await world.put(member)
      await world.post(life.event(), member.externalId)
      await world.carry()
      return member.externalId
    },
    pause: () => acts.pause(flow),
    async resume(clocks: Clocks): Promise<void> {
      await acts.resume(flow, clocks)
      await world.carry()
    },
    stop: (inside: 'finish' | 'exit') => acts.stop(flow, inside),
    /** Publishes a new version and moves whoever can be moved. */
    move: (steps: Steps, settings?: object) => acts.move(flow, life.drawn(steps, settings)),
    /** Where a member's newest journey is. */
    stands: async (member: string): Promise<Told | undefined> => (await journeysOf(world, member)).at(-1),
    /** Looks whether everything adds up, and clears the stage. */
    async end(): Promise<void> {
      await expectBalance(world)
      await world.settings({ sending: true, quietHours: null, frequencyCaps: [] })
      await acts.stop(flow, 'exit')
      await world.carry()
    },
  }
  return life
}
