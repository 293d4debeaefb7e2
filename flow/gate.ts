import type { Channel } from './channels/channel.ts'
import { fullCap } from './caps.ts'
import type { MemberFacts, TemplateFact } from './facts.ts'
import { gaps } from './gaps.ts'
import type { NodeOf } from './plan.ts'
import { quietUntil } from './quiet-hours.ts'
import type { Reason } from './reason.ts'
import type { Scene } from './scene.ts'
import { localeOf } from './pick-locale.ts'
import { zoneOf } from './zone-of.ts'

/** What the gate looks at: one channel of one send for one member. */
export interface Approach {
  channel: Channel
  node: NodeOf<'send'>
  scene: Scene
  /** Sends that this decision has claimed already: caps see them, too. */
  claimed: Channel[]
}

/** Passed; refused for a reason that the next candidate may not share; or held until a moment. */
export type Verdict =
  | { pass: true; locale: string; to: string; template: TemplateFact; transport: number }
  | { refused: Reason }
  | Held

/** Until when; null: until somebody acts. */
interface Held {
  held: Reason
  until: number | null
}

/** The rules in order; the first that fails names itself. Rules that pass cost nothing in words. */
export function gate(approach: Approach): Verdict {
  const { channel, scene, node } = approach
  const { workspace, member } = scene
  const transport = workspace.transports[channel]
  if (!transport?.ready) return refuse('no-transport', { channel })
  const template = workspace.templates[node.template]
  if (!template?.active) return refuse('no-template', { template: node.template })
  const contents = template.content[channel]
  const locale = contents && localeOf(contents, member.locale, template.defaultLocale)
  if (!locale) return refuse('no-content', { template: node.template, channel })
  const to = member.addresses[channel]
  if (!to) return missingFirst(approach, template, locale)
  const refused =
    missingVariables(approach, template, locale) ?? unusable(approach, to) ?? notAllowed(approach)
  if (refused) return { refused }
  return mustWait(approach) ?? { pass: true, locale, to, template, transport: transport.id }
}

function missingFirst(approach: Approach, template: TemplateFact, locale: string): Verdict {
  const { channel } = approach
  return {
    refused: missingVariables(approach, template, locale) ?? { code: 'no-address', args: { channel } },
  }
}

function missingVariables(
  { channel, scene }: Approach,
  template: TemplateFact,
  locale: string,
): Reason | null {
  const required = template.content[channel]?.[locale]?.required ?? []
  if (required.length === 0) return null
  const names = gaps(required, scene)
  return names.length > 0 ? { code: 'variables', args: { names, channel } } : null
}

function unusable({ channel, scene }: Approach, to: string): Reason | null {
  const { member, workspace } = scene
  const suppressed = member.suppressions[channel]
  if (suppressed) return { code: 'suppressed', args: { channel, why: suppressed.reason, at: suppressed.at } }
  if (workspace.allowList && !workspace.allowList.some((one) => one.toLowerCase() === to.toLowerCase()))
    return { code: 'not-allow-listed', args: { channel } }
  return null
}

/** Transactional flows skip the topic, never a STOP on the channel. */
function notAllowed({ channel, scene }: Approach): Reason | null {
  const { consents } = scene.member
  const { purpose, topic } = scene.plan.settings
  const stop = consents.find((one) => one.topic === '*' && one.channel === channel && one.state === 'revoked')
  if (stop) return { code: 'stopped', args: { channel, at: stop.at, source: stop.source } }
  if (purpose === 'transactional') return null
  const consent = consents.find((one) => one.topic === topic && one.channel === channel)
  if (!consent) return { code: 'no-consent', args: { topic, channel } }
  if (consent.state === 'granted') return null
  return { code: 'consent-revoked', args: { topic, channel, at: consent.at, source: consent.source } }
}

/** Rules that make the member rest instead of trying the next channel. */
function mustWait(approach: Approach): Held | null {
  return sendingOff(approach) ?? overCap(approach) ?? quiet(approach)
}

/** What keeps back even a message that was claimed before, whatever room it has under caps. */
export function notNow(approach: Pick<Approach, 'channel' | 'scene'>): Held | null {
  return sendingOff(approach) ?? quiet(approach)
}

function sendingOff({ scene }: Pick<Approach, 'scene'>): Held | null {
  return scene.workspace.sending ? null : { held: { code: 'sending-off' }, until: null }
}

/** Whether a cap is full, seen from a message of this flow by this channel. */
export function overCap({ channel, scene, claimed }: Omit<Approach, 'node'>): Held | null {
  const { workspace, plan, member, enrollment, now } = scene
  const { purpose, topic, frequencyCap } = plan.settings
  if (frequencyCap === 'ignore' || enrollment.test || workspace.frequencyCaps.length === 0) return null
  const zone = zoneOf(scene)
  // Transactional messages may heed caps; they never count towards them.
  const counted = purpose === 'marketing' ? claimed : []
  const sends: MemberFacts['sends'] = counted.map((one) => ({ at: now, channel: one, topic }))
  const full = fullCap(workspace.frequencyCaps, [...sends, ...member.sends], { channel, topic, now, zone })
  if (!full) return null
  const { max, per, window, topic: about, channel: by } = full.cap
  const limit = { max, per, window, ...(about && { about }), ...(by && { by }) }
  return { held: { code: 'frequency-cap', args: { count: full.count, ...limit, zone } }, until: full.until }
}

function quiet({ channel, scene }: Pick<Approach, 'channel' | 'scene'>): Held | null {
  const { workspace, plan, now } = scene
  if (plan.settings.quietHours === 'ignore' || !workspace.quietHours) return null
  const zone = zoneOf(scene)
  const ends = quietUntil(workspace.quietHours, { now, zone, channel })
  if (ends === null) return null
  if (!plan.settings.test) return { held: { code: 'quiet-hours', args: { zone } }, until: ends }
  const until = endOfTestRest(scene, plan.settings.test.restMs)
  return until === null ? null : { held: { code: 'quiet-hours', args: { zone, ends } }, until }
}

/** A test does not sleep through the night: it rests once, as it would, and then goes on. Null: it has rested. */
function endOfTestRest({ enrollment: { rest, dueAt }, now }: Scene, restMs: number): number | null {
  if (rest?.code !== 'quiet-hours' || dueAt === null) return now + restMs
  return now < dueAt ? dueAt : null
}

function refuse(code: string, args: Record<string, unknown>): Verdict {
  return { refused: { code, args } }
}
