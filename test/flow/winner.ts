import type { Catalog } from '../../flow/catalog.ts'
import { CHANNELS, type Channel } from '../../flow/channels/channel.ts'
import { flowDocumentSchema, type FlowDocument } from '../../flow/document.ts'

/** The winner flow as JSON: congratulate, wait two days, remind on another channel unless redeemed. */
export const WINNER = {
  schema: 'fanfare.flow/1',
  name: 'Winner congrats',
  settings: {
    purpose: 'marketing',
    topic: 'prizes',
    reentry: { policy: 'every', concurrent: true },
    exitWhen: { event: 'AccountClosed', count: { op: '>=', n: 1 }, since: 'entry' },
    quietHours: 'respect',
    frequencyCap: 'respect',
    timeZone: 'Europe/Madrid',
  },
  start: 'won',
  nodes: {
    won: {
      kind: 'trigger',
      label: 'Won a prize',
      on: { event: 'CampaignGameWon' },
      exits: { next: 'grand' },
    },
    grand: {
      kind: 'audience',
      label: 'Grand prize only',
      where: { field: 'event.prize.tier', op: 'eq', value: 'grand' },
      exits: { next: 'congrats' },
    },
    congrats: {
      kind: 'send',
      template: 'campaign_winner',
      route: {
        strategy: 'preferred',
        channels: ['whatsapp', 'email', 'sms'],
        hops: { whatsapp: { until: 'delivered', fallbackAfter: 'PT2H' } },
      },
      exits: { next: 'pause', failed: null },
    },
    pause: { kind: 'wait', for: { duration: 'PT48H' }, exits: { next: 'redeemed' } },
    redeemed: {
      kind: 'condition',
      if: { event: 'PrizeRedeemed', count: { op: '>=', n: 1 }, since: 'entry' },
      exits: { yes: null, no: 'remind' },
    },
    remind: {
      kind: 'send',
      template: 'campaign_winner',
      route: { strategy: 'different', differentFrom: 'congrats' },
      exits: { next: null, failed: null },
    },
  },
  notes: [],
}

export function winner(): FlowDocument {
  return flowDocumentSchema.parse(structuredClone(WINNER))
}

/** The winner flow with some nodes replaced or added. */
export function winnerWith(
  nodes: Record<string, unknown>,
  settings: Record<string, unknown> = {},
): FlowDocument {
  const json = structuredClone(WINNER)
  return flowDocumentSchema.parse({
    ...json,
    settings: { ...json.settings, ...settings },
    nodes: { ...json.nodes, ...nodes },
  })
}

const CONTENT = { en: { required: ['member.name', 'prize.code'] } }

/** A workspace in which the winner flow has no fault and raises no doubt. */
export function catalogWith(more: Partial<Catalog> = {}): Catalog {
  const everywhere = <T>(value: T) => Object.fromEntries(CHANNELS.map((one): [Channel, T] => [one, value]))
  return {
    templates: { campaign_winner: { active: true, defaultLocale: 'en', content: everywhere(CONTENT) } },
    transports: everywhere({ ready: true }),
    eventTypes: {
      CampaignGameWon: ['prize.name', 'prize.code', 'prize.tier'],
      PrizeRedeemed: ['code'],
      AccountClosed: [],
    },
    audiences: { testers: {} },
    topics: null,
    lists: [],
    flows: [],
    secrets: [],
    reach: { hosts: [], loopback: false },
    ...more,
  }
}
