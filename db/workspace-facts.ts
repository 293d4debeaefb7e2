import { CHANNELS, type Channel } from '../flow/channels/channel.ts'
import type { Condition } from '../flow/conditions/schema.ts'
import { soundAudiences } from '../flow/conditions/sound-audiences.ts'
import type { FlowActs, TemplateFact, WorkspaceFacts } from '../flow/facts.ts'
import { PAUSES } from './pauses.ts'
import type { Tx } from './pool.ts'
import { readSettings } from './settings.ts'

/** What every decision of a workspace reads: settings, transports, the newest templates, audiences. */
export async function readWorkspaceFacts(tx: Tx): Promise<WorkspaceFacts> {
  const { timeZone, locale, channelOrder, sending, allowList, quietHours, frequencyCaps } =
    await readSettings(tx)
  return {
    timeZone,
    locale,
    channelOrder: [...new Set([...channelOrder, ...CHANNELS])],
    sending,
    allowList,
    quietHours,
    frequencyCaps,
    transports: await transports(tx),
    templates: await templates(tx),
    audiences: await audiences(tx),
    acts: await acts(tx),
  }
}

async function transports(tx: Tx): Promise<WorkspaceFacts['transports']> {
  const rows = await tx.rows<{ id: number; channel: Channel; kind: string; revision: number }>(
    'select id, channel, kind, revision from transport where is_default',
  )
  return Object.fromEntries(rows.map(({ channel, ...transport }) => [channel, { ...transport, ready: true }]))
}

async function templates(tx: Tx): Promise<Record<string, TemplateFact>> {
  const rows = await tx.rows<TemplateFact & { key: string }>(
    `select t.key, t.id, t.version, v.id "versionId", t.active, v.body->>'defaultLocale' "defaultLocale",
       v.facts->'content' content
     from template t join template_version v on v.template = t.id and v.number = t.version`,
  )
  return Object.fromEntries(rows.map(({ key, ...template }) => [key, template]))
}

async function audiences(tx: Tx): Promise<Record<string, Condition>> {
  const rows = await tx.rows<{ key: string; where: Condition }>('select key, "where" from audience')
  return soundAudiences(Object.fromEntries(rows.map(({ key, where }) => [key, where])))
}

async function acts(tx: Tx): Promise<WorkspaceFacts['acts']> {
  const rows = await tx.rows<FlowActs & { id: number }>(
    `select f.id, f.state = 'paused' paused, f.taken_out "takenOut", ${PAUSES} pauses,
       array(select l.id from launch l where l.flow = f.id and l.taking_out) cancelled from flow f
     where f.state = 'paused' or f.taken_out is not null or exists (select from pause p where p.flow = f.id)
       or exists (select from launch l where l.flow = f.id and l.taking_out)`,
  )
  return Object.fromEntries(rows.map(({ id, ...one }) => [id, one]))
}
