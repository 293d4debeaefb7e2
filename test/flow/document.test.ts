import { describe, expect, test } from 'vitest'
import { flowDocumentSchema } from '../../flow/document.ts'
import { migrate } from '../../flow/migrate.ts'
import { WINNER } from './winner.ts'

function issuesOf(json: unknown): string[] {
  const issues = flowDocumentSchema.safeParse(json).error?.issues ?? []
  return issues.map((issue) => {
    const keys = issue.code === 'unrecognized_keys' ? `(${issue.keys.join()})` : ''
    return `${issue.path.join('.')} ${issue.code === 'custom' ? String(issue.params?.['code']) : issue.code}${keys}`
  })
}

const withNode = (node: unknown) => ({ ...WINNER, nodes: { ...WINNER.nodes, extra: node } })
const withSettings = (settings: object) => ({ ...WINNER, settings: { ...WINNER.settings, ...settings } })

describe('a document', () => {
  test('is kept as it was written', () => {
    expect(flowDocumentSchema.parse(WINNER)).toEqual(WINNER)
    expect(migrate(JSON.parse(JSON.stringify(WINNER)))).toEqual(WINNER)
  })

  test('of an unknown version is refused with the remedy', () => {
    const result = flowDocumentSchema.safeParse({ ...WINNER, schema: 'fanfare.flow/2' })
    expect(result.error?.issues).toEqual([
      expect.objectContaining({ path: ['schema'], message: expect.stringContaining('Save the flow as') }),
    ])
  })

  test('without a version, a name, settings or nodes says so', () => {
    expect(issuesOf({})).toEqual(
      expect.arrayContaining([
        'schema invalid_value',
        'name invalid_type',
        'settings invalid_type',
        'start invalid_type',
        'nodes invalid_type',
      ]),
    )
  })

  test.each([
    [{ ...WINNER, position: {} }, ' unrecognized_keys(position)'],
    [withSettings({ zone: 'UTC' }), 'settings unrecognized_keys(zone)'],
    [withSettings({ timeZone: 'Mars/Base' }), 'settings.timeZone zone'],
    [withSettings({ reentry: { policy: 'after' } }), 'settings.reentry.gap invalid_type'],
    [withSettings({ reentry: { policy: 'once', gap: 'P1D' } }), 'settings.reentry unrecognized_keys(gap)'],
    [withSettings({ exitWhen: { all: [{}] } }), 'settings.exitWhen.all.0 one-leaf'],
    [withNode({ kind: 'teleport', exits: {} }), 'nodes.extra.kind invalid_union'],
    [withNode({ kind: 'wait', for: { duration: 'P1D' } }), 'nodes.extra.exits invalid_type'],
    [withNode({ kind: 'wait', for: { duration: 'P6Y' }, exits: {} }), 'nodes.extra.for.duration duration'],
    [withNode({ kind: 'wait', for: { duration: 'P1D', date: 'x' }, exits: {} }), 'nodes.extra.for one-of'],
    [withNode({ kind: 'wait', for: { event: 'Paid' }, exits: {} }), 'nodes.extra.for.timeout invalid_type'],
    [
      withNode({ kind: 'wait', for: { until: { time: '9', zone: 'member' } }, exits: {} }),
      'nodes.extra.for.until.time invalid_format',
    ],
    [
      withNode({ kind: 'wait', for: { duration: 'P1D' }, x: 1, exits: {} }),
      'nodes.extra unrecognized_keys(x)',
    ],
    [withNode({ kind: 'trigger', on: {}, exits: {} }), 'nodes.extra.on one-of'],
    [withNode({ kind: 'split', exits: {} }), 'nodes.extra one-of'],
    [
      withNode({ kind: 'split', arms: [{ id: 'a', weight: 0 }], exits: {} }),
      'nodes.extra.arms.0.weight too_small',
    ],
    [
      withNode({ kind: 'send', template: 't', route: { strategy: 'fixed', channels: [] }, exits: {} }),
      'nodes.extra.route.channels too_small',
    ],
    [
      withNode({
        kind: 'send',
        template: 't',
        route: { strategy: 'fixed', channels: ['sms', 'sms'] },
        exits: {},
      }),
      'nodes.extra.route.channels twice',
    ],
    [
      withNode({ kind: 'update', set: { 'member.email': 'x' }, exits: {} }),
      'nodes.extra.set.member.email invalid_key',
    ],
    [
      withNode({
        kind: 'webhook',
        request: { url: 'x', method: 'POST', headers: { a: 'b\r\nc: d' } },
        exits: {},
      }),
      'nodes.extra.request.headers.a invalid_format',
    ],
  ])('names the place of a mistake: %#', (json, issue) => {
    expect(issuesOf(json)).toContain(issue)
  })

  test.each(['constructor', 'toString', 'a b', '', 'x'.repeat(65)])('refuses %j as a node id', (id) => {
    const json = JSON.parse(
      JSON.stringify({ ...WINNER, nodes: { NODE: WINNER.nodes.pause } }).replace('NODE', id),
    )
    expect(flowDocumentSchema.safeParse(json).success).toBe(false)
  })

  test('never takes a prototype from a document', () => {
    const json: unknown = JSON.parse(
      JSON.stringify({ ...WINNER, nodes: { NODE: WINNER.nodes.pause } }).replace('NODE', '__proto__'),
    )
    const { nodes } = flowDocumentSchema.parse(json)
    expect(Object.keys(nodes)).toEqual([])
    expect(Object.getPrototypeOf(nodes)).toBe(Object.prototype)
  })
})
