import { expect, test } from 'vitest'
import { compile } from '../../flow/compile.ts'
import { flowDocumentSchema } from '../../flow/document.ts'
import { shortened } from '../../flow/test-plan.ts'

const DAY = 86_400_000
const nodes = {
  won: { kind: 'trigger', on: { event: 'Won' }, exits: { next: 'days' } },
  days: { kind: 'wait', for: { duration: 'P14D' }, exits: { next: 'monday' } },
  monday: {
    kind: 'wait',
    for: { until: { time: '09:00', weekdays: [1], zone: 'member' } },
    exits: { next: 'renewal' },
  },
  renewal: { kind: 'wait', for: { date: 'member.renewsAt', offset: '-P3D' }, exits: { next: 'reply' } },
  reply: {
    kind: 'wait',
    for: { event: 'Replied', timeout: 'P7D' },
    exits: { happened: null, timeout: 'tell' },
  },
  tell: {
    kind: 'send',
    template: 'news',
    route: {
      strategy: 'fixed',
      channels: ['whatsapp', 'email', 'sms'],
      hops: {
        whatsapp: { until: 'read', fallbackAfter: 'PT2H' },
        email: { until: 'delivered', fallbackAfter: 'P1D' },
      },
    },
    exits: { next: null, failed: null },
  },
}
const document = flowDocumentSchema.parse({
  schema: 'fanfare.flow/1',
  name: 'Waits',
  settings: { purpose: 'marketing', topic: 'prizes' },
  start: 'won',
  nodes,
})
const plan = compile(document)

test('in a test run every wait, time-out and clock of a hop takes as long as was asked for, and says how long it was drawn', () => {
  const { nodes } = shortened(plan, 5_000)
  expect(nodes).toMatchObject({
    days: { for: { by: 'duration', ms: 5_000, insteadOf: 14 * DAY } },
    monday: { for: { by: 'duration', ms: 5_000, insteadOf: null } },
    renewal: { for: { by: 'duration', ms: 5_000, insteadOf: null } },
    reply: { for: { by: 'event', event: 'Replied', timeoutMs: 5_000, insteadOf: 7 * DAY } },
    tell: {
      route: {
        hops: {
          whatsapp: { until: 'read', fallbackAfterMs: 5_000 },
          email: { until: 'delivered', fallbackAfterMs: 5_000, insteadOf: DAY },
        },
      },
    },
  })
})

test('all else stays as it was drawn, and the drawing’s own plan is left alone', () => {
  const before = structuredClone(plan)
  const { nodes, settings, ...rest } = shortened(plan, 5_000)
  expect(plan).toEqual(before)
  const { nodes: drawn, settings: set, ...others } = plan
  expect(rest).toEqual(others)
  expect(settings).toEqual({ ...set, test: { restMs: 5_000 } })
  expect(Object.entries(nodes).map(([id, node]) => [id, node.kind, node.exits])).toEqual(
    Object.entries(drawn).map(([id, node]) => [id, node.kind, node.exits]),
  )
})
