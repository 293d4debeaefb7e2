import type { Channel, Reached } from './channels/channel.ts'
import type { Candidate, Hop } from './decision.ts'
import type { HopFact } from './facts.ts'
import { gate, type Approach, type Verdict } from './gate.ts'
import { underWay } from './open-hops.ts'
import { stoodStill } from './pauses.ts'
import type { NodeOf } from './plan.ts'
import { hasReached } from './reached.ts'
import type { Reason } from './reason.ts'
import type { Scene, Turn } from './scene.ts'

interface Sending {
  nodeId: string
  node: NodeOf<'send'>
  scene: Scene
  /** The ledger's rows at this node, by hop. */
  own: HopFact[]
}

/** What a member who stands at a send does next; the same for the first hop, a fallback, a retry and a receipt. */
export function decideSend(nodeId: string, node: NodeOf<'send'>, scene: Scene): Turn {
  const own = scene.enrollment.hops.filter((hop) => hop.node === nodeId).toSorted((a, b) => a.hop - b.hop)
  const sending = { nodeId, node, scene, own }
  return underWay(own, scene) ?? (node.route.strategy === 'all' ? everyChannel(sending) : nextHop(sending))
}

function nextHop(sending: Sending): Turn {
  const { own, node, scene } = sending
  const last = own.at(-1)
  if (!last || last.status === 'failed') return attempt(sending)
  if (last.status === 'unknown')
    return { take: 'next', reason: { code: 'perhaps-sent', args: { channel: last.channel } } }
  const clock = node.route.hops[last.channel]
  if (!clock || hasReached(last, clock.until)) return taken(sending, last, clock?.until ?? 'sent')
  const onward = attempt(sending)
  if (!('send' in onward) && !('rest' in onward)) return taken(sending, last, 'sent')
  const dueAt = clockEnd(last, clock.fallbackAfterMs, scene)
  if (scene.now >= dueAt) return onward
  const { until, insteadOf } = clock
  const args = { channel: last.channel, until, ...(insteadOf !== undefined && { insteadOf }) }
  return { rest: { code: 'hop-clock', args, awaits: { receipt: true } }, dueAt }
}

/** A clock that runs keeps the end it was given; one that must be worked out anew stood still in each pause. */
function clockEnd({ sentAt }: HopFact, fallbackAfterMs: number, { enrollment, now, pauses }: Scene): number {
  const running = enrollment.rest?.code === 'hop-clock' ? enrollment.dueAt : null
  const began = sentAt ?? now
  return running ?? began + fallbackAfterMs + stoodStill(pauses ?? [], began)
}

function taken({ node, own }: Sending, hop: HopFact, reached: Reached): Turn {
  const before = own.filter((one) => one.hop < hop.hop).at(-1)
  return {
    take: 'next',
    reason: { code: 'reached', args: { channel: hop.channel, reached, ...story(before, node) } },
  }
}

/** The first candidate through the gate, a rest that the best one needs, or the way out when none remains. */
function attempt(sending: Sending): Turn {
  const { node, scene, own } = sending
  const seen: Candidate[] = usedBefore(sending)
  for (const channel of candidates(sending)) {
    const verdict = gate({ channel, node, scene, claimed: [] })
    if ('refused' in verdict) {
      seen.push({ channel, refused: verdict.refused })
      continue
    }
    if ('held' in verdict) return { rest: verdict.held, dueAt: verdict.until, candidates: seen }
    seen.push({ channel, refused: null })
    const hop = claim(channel, own.length, verdict)
    return { send: [hop], reason: hopReason(hop, sending), candidates: seen }
  }
  return wayOut(sending, seen)
}

function wayOut(sending: Sending, candidates: Candidate[]): Turn {
  const { own } = sending
  const accepted = own.find((hop) => hop.sentAt !== null || hop.status === 'unknown')
  if (accepted) return taken(sending, accepted, 'sent')
  const failed = own.at(-1)
  const code = failed ? 'all-failed' : 'unreachable'
  const args = failed
    ? { channel: failed.channel, why: failed.reason }
    : { refused: candidates.map(onlyRefusal) }
  return { take: 'failed', reason: { code, args }, candidates }
}

function onlyRefusal({ channel, refused }: Candidate) {
  return { channel, code: refused?.code ?? null }
}

/** One hop for each channel that passes; no clocks. Held channels make the member rest before any is sent. */
function everyChannel(sending: Sending): Turn {
  const { node, scene, own } = sending
  if (own.length > 0) return wayOut(sending, [])
  const seen: Candidate[] = []
  const hops: Hop[] = []
  for (const channel of candidates(sending)) {
    const approach = { channel, node, scene, claimed: hops.map((hop) => hop.channel) }
    const verdict = tooMany(approach) ?? gate(approach)
    if ('held' in verdict) return { rest: verdict.held, dueAt: verdict.until, candidates: seen }
    seen.push({ channel, refused: 'refused' in verdict ? verdict.refused : null })
    if ('pass' in verdict) hops.push(claim(channel, hops.length, verdict))
  }
  const [first] = hops
  return first ? { send: hops, reason: hopReason(first, sending), candidates: seen } : wayOut(sending, seen)
}

/** A cap that the hops of this send fill by themselves never has room for one more: waiting for it would be for ever. */
function tooMany(approach: Approach): Verdict | null {
  const { channel, scene, claimed } = approach
  if (claimed.length === 0) return null
  const alone = gate({ ...approach, scene: { ...scene, member: { ...scene.member, sends: [] } } })
  if (!('held' in alone) || alone.held.code !== 'frequency-cap') return null
  return { refused: { code: 'cap-too-small', args: { ...alone.held.args, channel } } }
}

/** Channels of the set in their order, minus those with a row at this node and those the strategy leaves out. */
function candidates(sending: Sending): Channel[] {
  const { node, scene, own } = sending
  const { channels, strategy } = node.route
  const set = channels ?? withContent(scene, node.template)
  const excluded = [...own.map((hop) => hop.channel), ...usedBefore(sending).map((one) => one.channel)]
  const order =
    strategy === 'fixed'
      ? set
      : [...scene.member.preferredChannels, ...(channels ?? scene.workspace.channelOrder), ...set]
  return [...new Set(order)].filter((channel) => set.includes(channel) && !excluded.includes(channel))
}

function withContent(scene: Scene, template: string): Channel[] {
  const content = scene.workspace.templates[template]?.content ?? {}
  return scene.workspace.channelOrder.filter((channel) => content[channel])
}

/** With `different`: channels that were, or may have been, used at the other send, even if they bounced later. */
function usedBefore({ node, scene }: Sending): Candidate[] {
  const { strategy, differentFrom } = node.route
  if (strategy !== 'different') return []
  const set = node.route.channels ?? withContent(scene, node.template)
  const used = scene.enrollment.hops.filter(
    (hop) =>
      hop.node === differentFrom &&
      set.includes(hop.channel) &&
      (hop.sentAt !== null || hop.status === 'unknown'),
  )
  const label = differentFrom && scene.plan.nodes[differentFrom]?.label
  const args = { node: differentFrom, ...(label && { label }) }
  return used.map(({ channel }) => ({
    channel,
    refused: { code: 'used-before', args: { ...args, channel } },
  }))
}

function claim(channel: Channel, hop: number, pass: Extract<ReturnType<typeof gate>, { pass: true }>): Hop {
  const { transport, template, locale, to } = pass
  return { hop, channel, transport, template: template.id, templateVersion: template.versionId, locale, to }
}

/** Why this hop: the first choice, or what became of the hop before it. */
function hopReason({ channel, hop }: Hop, { own, node }: Sending): Reason {
  return { code: 'hop', args: { channel, hop, ...story(own.at(-1), node) } }
}

/** What is told of the hop before: why it failed, or what it did not reach in which time. */
function story(before: HopFact | undefined, { route }: NodeOf<'send'>) {
  if (!before) return {}
  const { channel, status, reason } = before
  if (status === 'failed') return { before: channel, why: reason }
  const clock = route.hops[channel]
  return { before: channel, until: clock?.until, withinMs: clock?.fallbackAfterMs }
}
