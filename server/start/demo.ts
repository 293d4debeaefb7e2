import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { demoId, demoMembers } from './demo-members.ts'
import type { OwnApi } from './own-api.ts'

const FLOW = 'Winner congrats'

const Flows = z.object({ items: z.array(z.object({ id: z.string(), name: z.string(), state: z.string() })) })
const Channels = z.object({
  items: z.array(z.object({ channel: z.string(), transport: z.string().nullable() })),
})
const Created = z.object({ id: z.string() })

/**
 * Members, a template, simulator transports, the winner flow and some wins, put in as any client would.
 * The published flow comes before the wins and after the rest: a seed that was cut short is finished by the next start.
 */
export async function seedDemo(api: OwnApi, say: (line: string) => void): Promise<void> {
  const flows = Flows.parse(await api.get('/v1/flows')).items
  const known = flows.find(({ name }) => name === FLOW)
  if (known && known.state !== 'draft') return
  say('Filling in the demo: members, a template, a flow, some wins.')
  await simulateUnsetChannels(api)
  await api.send('PUT', '/v1/members', [
    ...z.array(z.unknown()).parse(example('members.json')),
    ...demoMembers(),
  ])
  await api.send('PUT', '/v1/audiences/Testers', {
    name: 'Testers',
    where: { field: 'member.tester', op: 'eq', value: true },
  })
  await api.send('PUT', '/v1/templates/campaign_winner', example('campaign_winner.template.json'))
  const flow =
    known ?? Created.parse(await api.send('POST', '/v1/flows', example('winner-congrats.flow.json')))
  await api.send('POST', `/v1/flows/${flow.id}/publish`, { note: 'Demo' })
  await api.send('POST', '/v1/events', demoWins())
}

async function simulateUnsetChannels(api: OwnApi): Promise<void> {
  const { items } = Channels.parse(await api.get('/v1/channels'))
  for (const { channel, transport } of items) {
    if (transport === null) await api.send('PUT', `/v1/channels/${channel}`, { transport: 'simulator' })
  }
}

/** Two of three won the grand prize; the others show how a member leaves at an audience. */
function demoWins() {
  return Array.from({ length: 12 }, (_, n) => ({
    id: `demo-win-${n + 1}`,
    type: 'CampaignGameWon',
    member: demoId(n * 3),
    data: {
      prize: {
        name: n % 3 === 2 ? 'Mug' : 'Bicycle',
        code: `DEMO-${100 + n}`,
        tier: n % 3 === 2 ? 'small' : 'grand',
      },
    },
  }))
}

function example(file: string): unknown {
  return JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', 'examples', file), 'utf8'))
}
