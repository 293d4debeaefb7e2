import { afterAll, beforeAll, expect, test } from 'vitest'
import { findMember } from '../../db/member-views.ts'
import { readTimeline } from '../../db/timeline.ts'
import { presentTimelineRow } from '../../server/members/timeline-view.ts'
import { drawing, send, waitFor } from './drawing.ts'
import { somebody } from './people.ts'
import { toldOf } from './story.ts'
import { openWorld, type World } from './world.ts'

let world: World
beforeAll(async () => void (world = await openWorld()))
afterAll(() => world.close())

/** The steps of a member's timeline, oldest first. */
async function timelineOf(externalId: string): Promise<string[]> {
  const rows = await world.within(async (tx) => {
    const member = await findMember(tx, externalId)
    return readTimeline(tx, { member: member?.id ?? 0, cursor: undefined, limit: 100 })
  })
  const steps = rows.toReversed().map((row) => presentTimelineRow(row, { zone: 'UTC', locale: 'en-GB' }))
  return steps.flatMap((item) => (item.kind === 'step' ? [`${item.node}: ${item.why}`] : []))
}

test('the timeline of a member tells each step in the words of "why"', async () => {
  const gold = { field: 'member.tier', op: 'eq', value: 'gold' }
  await world.publish(
    drawing({
      gold: { kind: 'condition', if: gold, exits: { yes: null, no: 'tell' } },
      tell: send('fixed', ['email', 'sms']),
      rest: waitFor('P3D'),
      again: send('different', ['email', 'sms'], { differentFrom: 'tell' }),
    }),
  )
  const { externalId } = somebody({ email: 'sim-content@members.example', attributes: {} })
  await world.put({ ...somebody({ email: 'sim-content@members.example' }), externalId })
  await world.post('Won', externalId)
  await world.carry()
  await world.later('P3D')
  const told = await toldOf(world, externalId)
  expect(await timelineOf(externalId)).toEqual(told)
  expect(told).toContain('gold: No (tier was missing).')
})
