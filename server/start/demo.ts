import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { GALLERY } from '../../flow/gallery/gallery.ts'
import { demoHistory, demoToday } from './demo/events.ts'
import { demoMembers } from './demo/members.ts'
import type { OwnApi } from './own-api.ts'

const Flows = z.object({ items: z.array(z.object({ id: z.string(), name: z.string(), state: z.string() })) })
const Channels = z.object({
  items: z.array(z.object({ channel: z.string(), transport: z.string().nullable() })),
})
const Created = z.object({ id: z.string() })

/** Flows that run in the demo, in the order they are published; the others wait as drafts to be tried. */
const LIVE = ['order-updates', 'welcome', 'winner'] as const
const LAST = GALLERY.find(({ key }) => key === LIVE.at(-1))!

/**
 * Members, what happened to them, the gallery's flows with some of them live, and what happens next, put in as any
 * client would. The last flow to go live tells that all before it is there: a seed that was cut short is finished by
 * the next start.
 */
export async function seedDemo(api: OwnApi, say: (line: string) => void): Promise<void> {
  const known = Flows.parse(await api.get('/v1/flows?limit=500')).items
  if (known.some(({ name, state }) => name === LAST.flow.name && state !== 'draft')) return
  say('Filling in the demo: 2,000 members, eight flows, two weeks of events.')
  const now = Date.now()
  const { settled, newcomers } = demoMembers(now)
  await simulateUnsetChannels(api)
  await inPortions([...exampleMembers(), ...settled], (some) => api.send('PUT', '/v1/members', some))
  await inPortions(demoHistory(settled, now), (some) => api.send('POST', '/v1/events', some))
  await putContent(api)
  const flows = await createFlows(api, new Map(known.map(({ name, id }) => [name, id])))
  for (const key of LIVE) await api.send('POST', `/v1/flows/${flows.get(key)}/publish`, { note: 'Demo' })
  await api.send('PUT', '/v1/members', newcomers)
  await api.send('POST', '/v1/events', demoToday(now))
}

async function simulateUnsetChannels(api: OwnApi): Promise<void> {
  const { items } = Channels.parse(await api.get('/v1/channels'))
  for (const { channel, transport } of items) {
    if (transport === null) await api.send('PUT', `/v1/channels/${channel}`, { transport: 'simulator' })
  }
}

async function putContent(api: OwnApi): Promise<void> {
  const testers = { name: 'Testers', where: { field: 'member.tester', op: 'eq', value: true } }
  await api.send('PUT', '/v1/audiences/Testers', testers)
  for (const { audiences, templates } of GALLERY) {
    for (const [key, body] of Object.entries(audiences)) await api.send('PUT', `/v1/audiences/${key}`, body)
    for (const [key, body] of Object.entries(templates)) await api.send('PUT', `/v1/templates/${key}`, body)
  }
}

/** Ids by gallery key. Lists show the newest first, so the flow to look at first is made last. */
async function createFlows(api: OwnApi, known: Map<string, string>): Promise<Map<string, string>> {
  const ids = new Map<string, string>()
  for (const { key, flow } of [...GALLERY.filter((one) => one !== LAST).toReversed(), LAST]) {
    ids.set(key, known.get(flow.name) ?? Created.parse(await api.send('POST', '/v1/flows', flow)).id)
  }
  return ids
}

/** A request takes 1,000 items and 1 MiB. */
async function inPortions<T>(
  all: readonly T[],
  send: (some: readonly T[]) => Promise<unknown>,
): Promise<void> {
  for (let from = 0; from < all.length; from += 500) await send(all.slice(from, from + 500))
}

function exampleMembers(): unknown[] {
  const file = join(import.meta.dirname, '..', '..', 'examples', 'members.json')
  return z.array(z.unknown()).parse(JSON.parse(readFileSync(file, 'utf8')))
}
