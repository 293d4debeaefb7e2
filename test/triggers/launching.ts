import { enterLaunchPage, type Paged } from '../../db/launch-page.ts'
import { beginLaunch, type Launched, type Launching } from '../../db/launches.ts'
import type { Condition } from '../../flow/conditions/schema.ts'
import { drawing, waitFor } from '../engine/drawing.ts'
import { somebody } from '../engine/people.ts'
import type { World } from '../engine/world.ts'

export interface Crowd {
  flow: number
  /** Nobody else is in it. */
  audience: Condition
  /** What their attribute `crowd` says. */
  name: string
  /** External ids. */
  ids: string[]
}

interface Drawn {
  reentry?: object
  on?: object
  nodes?: Parameters<typeof drawing>[0]
}

/** What launches are asked for and carried out with, page by page. */
export function launching(world: World) {
  let crowds = 0
  return {
    /** Members of a crowd of their own, the condition that is true for them, and a flow that keeps them for a day. */
    async crowd(
      count: number,
      { reentry = { policy: 'every' }, on = { launch: true }, nodes = { pause: waitFor('P1D') } }: Drawn = {},
    ): Promise<Crowd> {
      const name = `crowd-${++crowds}`
      const members = Array.from({ length: count }, () => somebody({ attributes: { crowd: name } }))
      for (let at = 0; at < count; at += 500) await world.put(...members.slice(at, at + 500))
      const flow = await world.publish(drawing(nodes, { settings: { reentry }, on }))
      const audience: Condition = { field: 'member.crowd', op: 'eq', value: name }
      return { flow, audience, name, ids: members.map((member) => member.externalId) }
    },
    /** Somebody who is in the crowd made last as of now. */
    async latecomer(): Promise<string> {
      const late = somebody({ attributes: { crowd: `crowd-${crowds}` } })
      await world.put(late)
      return late.externalId
    },
    async launch(flow: number, of: Launched, more: Partial<Launching> = {}): Promise<number> {
      const id = await world.within((tx) => beginLaunch(tx, { flow, of, author: 'test', ...more }))
      return id ?? 0
    },
    page: (id: number): Promise<Paged> => world.within((tx) => enterLaunchPage(tx, world.desk.memory, id)),
    /** How many journeys of how many members there are. */
    async journeys(flow: number): Promise<{ n: number; members: number } | undefined> {
      const [row] = await world.rows<{ n: number; members: number }>(
        'select count(*)::int n, count(distinct member)::int members from enrollment where flow = $1',
        [flow],
      )
      return row
    },
  }
}
