import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SETTINGS_DEFAULTS, settingsSchema } from '../../flow/settings.ts'
import { expectBalance } from './balance.ts'
import { anyAct, anyFlow, anyMember, type Made } from './random-flow.ts'
import { journeysOf, messagesOf } from './story.ts'
import { openWorld, type World } from './world.ts'

let world: World
let run = 0
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

test('whatever is drawn and whatever happens: sums balance, everybody ends or rests, each step is explained', async () => {
  const life = fc.record({
    flow: anyFlow,
    members: fc.array(anyMember, { minLength: 1, maxLength: 6 }),
    acts: fc.array(anyAct, { maxLength: 6 }),
  })
  await fc.assert(fc.asyncProperty(life, live), { numRuns: 30 })
}, 60_000)

async function live({
  flow,
  members,
  acts,
}: {
  flow: Made<typeof anyFlow>
  members: Made<typeof anyMember>[]
  acts: Made<typeof anyAct>[]
}) {
  const event = `Run-${++run}`
  const ids = await putAll(members)
  await world.publish(flow({ event }))
  await world.postAll(ids.map((member) => ({ type: event, member })))
  await world.carry()
  for (const act of acts) {
    await happen(act, { ids, event })
    await world.carry()
    await expectBalance(world)
  }
  await world.settings(SETTINGS_DEFAULTS)
  for (let waits = 0; waits < MOST_WAITS && (await anybodyInside()); waits += 1) await world.later('P4D')
  await expectBalance(world)
  for (const id of ids) {
    expect((await journeysOf(world, id)).filter((one) => one.state !== 'ended')).toEqual([])
    const allowed = await everGranted(id)
    expect((await messagesOf(world, id)).filter((one) => !allowed.includes(one.channel))).toEqual([])
  }
}

/** Channels that the member, or an update step, allowed at any time. */
async function everGranted(member: string): Promise<string[]> {
  const rows = await world.rows<{ channel: string }>(
    `select channel from consent c join member m on m.id = c.member
     where m.external_id = $1 and c.state = 'granted'`,
    [member],
  )
  return rows.map((row) => row.channel)
}

/** Seven sends by three channels, each tried six times: nobody rests more often than that and the waits between. */
const MOST_WAITS = 200

async function anybodyInside(): Promise<boolean> {
  return (await world.rows(`select 1 from enrollment where state <> 'ended' limit 1`)).length > 0
}

async function happen(
  act: Made<typeof anyAct>,
  { ids, event }: { ids: string[]; event: string },
): Promise<unknown> {
  if ('pass' in act) return world.later(act.pass)
  if ('settings' in act) return world.settings(settingsSchema.partial().parse(act.settings))
  const member = ids[act.who % ids.length] ?? ''
  if ('post' in act) return world.post(act.post === 'Again' ? event : act.post, member)
  if ('renew' in act) return world.put({ externalId: member, attributes: { renewal: inDays(act.renew) } })
  if ('move' in act) return world.put({ externalId: member, timeZone: act.move })
  if ('revoke' in act) {
    const consent = { topic: 'prizes', channel: act.revoke, state: 'revoked', source: 'link' }
    return world.put({ externalId: member, consents: [consent] })
  }
  const messages = await messagesOf(world, member)
  const message = messages[act.who % Math.max(1, messages.length)]
  return message && world.report(message.id, act.report, { hard: true })
}

function inDays(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString()
}

async function putAll(members: Made<typeof anyMember>[]): Promise<string[]> {
  const people = members.map(({ mailbox, phone, tier, renewal, preferredChannels, allowed }, n) => ({
    externalId: `m-${run}-${n}`,
    email: mailbox && `${mailbox}@m-${run}-${n}.example`,
    phone,
    attributes: { tier, renewal: renewal === null ? null : inDays(renewal) },
    preferredChannels,
    consents: allowed.map((channel) => ({ topic: 'prizes', channel, state: 'granted', source: 'form' })),
  }))
  await world.put(...people)
  return people.map((one) => one.externalId)
}
