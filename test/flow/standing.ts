import { CHANNELS, type Channel } from '../../flow/channels/channel.ts'
import type { HopFact, MemberFacts, WorkspaceFacts } from '../../flow/facts.ts'
import type { NodeOf, Plan, PlanNode, PlanRoute, PlanSettings } from '../../flow/plan.ts'
import type { Scene } from '../../flow/scene.ts'
import { enrollmentWith, hopWith, memberWith, NOW, WORKSPACE } from './scene.ts'

export const HOUR = 3_600_000

export interface Standing {
  route?: Partial<PlanRoute>
  member?: Partial<MemberFacts>
  workspace?: Partial<WorkspaceFacts>
  settings?: Partial<PlanSettings>
  enrollment?: Partial<Scene['enrollment']>
  /** Every node of the plan, the first one where the member stands; left out: one send called `here`. */
  nodes?: Record<string, PlanNode>
  now?: number
}

/** Somebody at a send of the template `news`, who can be reached, and has allowed it, on every channel. */
export function standing(at: Standing = {}): Scene {
  const nodes = at.nodes ?? { here: sendBy(at.route) }
  const [node = 'here'] = Object.keys(nodes)
  return {
    plan: planOf(nodes, at.settings),
    workspace: { ...CONNECTED, ...at.workspace },
    member: memberWith({
      addresses: everyChannel((channel) => `ana by ${channel}`),
      consents: consentsTo(...CHANNELS),
      ...at.member,
    }),
    enrollment: enrollmentWith({ node, ...at.enrollment }),
    now: at.now ?? NOW,
    seq: 200,
    paused: false,
  }
}

export function sendBy(
  route: Partial<PlanRoute> = {},
  exits: Partial<NodeOf<'send'>['exits']> = {},
): NodeOf<'send'> {
  const whole: PlanRoute = { strategy: 'preferred', channels: null, differentFrom: null, hops: {}, ...route }
  return {
    kind: 'send',
    label: null,
    template: 'news',
    route: whole,
    exits: { next: null, failed: null, ...exits },
  }
}

/** A row of the ledger at `here`, sent an hour ago unless said otherwise. */
export function hopBy(channel: Channel, change: Partial<HopFact> = {}): HopFact {
  return hopWith({ node: 'here', channel, sentAt: NOW - HOUR, ...change })
}

export function consentsTo(...channels: Channel[]): MemberFacts['consents'] {
  const given = { topic: 'prizes', state: 'granted', source: 'form', at: NOW - HOUR } as const
  return channels.map((channel) => ({ ...given, channel }))
}

function everyChannel<T>(of: (channel: Channel) => T): Record<Channel, T> {
  return Object.fromEntries(CHANNELS.map((channel) => [channel, of(channel)])) as Record<Channel, T> // all of them
}

export const TEMPLATE = {
  id: 7,
  version: 2,
  versionId: 70,
  active: true,
  defaultLocale: 'en',
  content: everyChannel(() => ({ en: { required: [] } })),
}

const CONNECTED: WorkspaceFacts = {
  ...WORKSPACE,
  channelOrder: ['email', 'sms', 'telegram', 'push', 'whatsapp', 'voice'],
  transports: everyChannel((channel) => ({
    id: CHANNELS.indexOf(channel) + 1,
    kind: 'simulator',
    revision: 1,
    ready: true,
  })),
  templates: { news: TEMPLATE },
}

function planOf(nodes: Record<string, PlanNode>, settings: Partial<PlanSettings> = {}): Plan {
  return {
    irVersion: 1,
    start: Object.keys(nodes)[0] ?? 'here',
    nodes,
    needs: {
      events: [],
      eventsWithinMs: 0,
      lists: [],
      audiences: [],
      flows: [],
      templates: ['news'],
      webhooks: false,
    },
    exitOn: { events: [], attributes: false, consent: false, receipts: false },
    settings: { ...SETTINGS, ...settings },
  }
}

const SETTINGS: PlanSettings = {
  purpose: 'marketing',
  topic: 'prizes',
  reentry: { policy: 'every', concurrent: false },
  exitWhen: null,
  quietHours: 'respect',
  frequencyCap: 'respect',
  timeZone: null,
}
