/** Ten steps: an audience, a condition on an attribute, a split, two sends, two waits, a condition on events, an update. */
export const tenSteps = {
  schema: 'fanfare.flow/1',
  name: 'Ten steps',
  settings: { purpose: 'marketing', topic: 'prizes', quietHours: 'respect', frequencyCap: 'respect' },
  start: 'won',
  nodes: {
    won: { kind: 'trigger', on: { event: 'CampaignGameWon' }, exits: { next: 'here' } },
    here: {
      kind: 'audience',
      where: { field: 'member.country', op: 'in', value: ['ES', 'FR', 'US'] },
      exits: { next: 'gold' },
    },
    gold: {
      kind: 'condition',
      if: {
        any: [
          { field: 'member.tier', op: 'eq', value: 'gold' },
          { field: 'member.points', op: 'gt', value: 500 },
        ],
      },
      exits: { yes: 'halves', no: 'congrats' },
    },
    halves: {
      kind: 'split',
      arms: [
        { id: 'a', weight: 1 },
        { id: 'b', weight: 1 },
      ],
      exits: { a: 'mark', b: 'congrats' },
    },
    mark: { kind: 'update', set: { 'member.winner': true }, exits: { next: 'congrats' } },
    congrats: {
      kind: 'send',
      template: 'campaign_winner',
      route: {
        strategy: 'preferred',
        channels: ['email', 'sms'],
        hops: { email: { until: 'delivered', fallbackAfter: 'PT2H' } },
      },
      exits: { next: 'pause', failed: null },
    },
    pause: { kind: 'wait', for: { duration: 'PT48H' }, exits: { next: 'redeemed' } },
    redeemed: {
      kind: 'condition',
      if: { event: 'PrizeRedeemed', count: { op: '>=', n: 1 }, since: 'entry' },
      exits: { yes: null, no: 'evening' },
    },
    evening: {
      kind: 'wait',
      for: { until: { time: '18:00', zone: 'member' } },
      exits: { next: 'remind' },
    },
    remind: {
      kind: 'send',
      template: 'campaign_winner',
      route: { strategy: 'different', differentFrom: 'congrats' },
      exits: { next: null, failed: null },
    },
  },
}
