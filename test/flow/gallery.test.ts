import { expect, test } from 'vitest'
import { analyse } from '../../activities/render/analyse.ts'
import type { Catalog } from '../../flow/catalog.ts'
import { audienceIssues } from '../../flow/conditions/audience.ts'
import { flowDocumentSchema } from '../../flow/document.ts'
import { GALLERY } from '../../flow/gallery/gallery.ts'
import type { ReadyFlow } from '../../flow/gallery/ready-flow.ts'
import { validate } from '../../flow/validate.ts'
import { textOf } from '../support/source-files.ts'
import { catalogWith } from './winner.ts'

const example = (file: string): unknown => JSON.parse(textOf(`examples/${file}`))

test('the gallery has the eight flows that people start from, each with a name and what it does', () => {
  expect(GALLERY.map(({ key }) => key)).toEqual([
    'welcome',
    'winner',
    'abandoned-cart',
    'win-back',
    'birthday',
    'double-opt-in',
    'incident-notice',
    'order-updates',
  ])
  for (const { name, description } of GALLERY) expect(`${name}: ${description}`).toMatch(/^.{3,}: .{60,}\.$/)
})

test.for(GALLERY.map((ready) => [ready.name, ready] as const))(
  '%s comes with all it needs: it has no fault, and raises no doubt but for events still to come',
  ([, ready]) => {
    const problems = validate(ready.flow, catalogOf(ready))
    expect(problems.filter(({ code }) => code !== 'event-unseen')).toEqual([])
  },
)

test.for(GALLERY.map((ready) => [ready.name, ready] as const))(
  '%s brings no template and no audience that it does not speak of',
  ([, { flow, templates, audiences }]) => {
    const drawing = JSON.stringify(flow)
    for (const key of Object.keys({ ...templates, ...audiences })) expect(drawing).toContain(`"${key}"`)
  },
)

test('together they speak the whole language: every kind of step, trigger, wait, split and route', () => {
  const nodes = GALLERY.flatMap(({ flow }) => Object.values(flow.nodes))
  const said = nodes.flatMap((node) => {
    if (node.kind === 'trigger') return Object.keys(node.on)
    if (node.kind === 'wait') return Object.keys(node.for)
    if (node.kind === 'split') return node.arms ? ['arms'] : ['cases']
    return node.kind === 'send' ? [node.route.strategy, ...(node.route.hops ? ['hops'] : [])] : [node.kind]
  })
  const words =
    'all arms audience cases condition date different duration enters event fixed hops launch preferred schedule until update webhook'
  expect([...new Set(said)].toSorted().filter((word) => !/^(timeout|where|offset)$/.test(word))).toEqual(
    words.split(' '),
  )
})

test('the winner flow is the one of the examples; its template says the same, and says it all in Spanish, too', () => {
  const { flow, templates } = GALLERY.find(({ key }) => key === 'winner')!
  expect(flow).toEqual(flowDocumentSchema.parse(example('winner-congrats.flow.json')))
  expect(templates['campaign_winner']).toMatchObject(example('campaign_winner.template.json') as object)
})

/** A workspace with this ready flow's templates and audiences, every channel, and the events that start it. */
function catalogOf({ flow, data, templates, audiences }: ReadyFlow): Catalog {
  for (const [key, { where }] of Object.entries(audiences)) expect(audienceIssues(key, where, {})).toEqual([])
  const trigger = flow.nodes[flow.start]
  const event = trigger?.kind === 'trigger' && 'event' in trigger.on ? trigger.on.event : null
  return catalogWith({
    templates: Object.fromEntries(
      Object.entries(templates).map(([key, body]) => {
        const { facts, problems } = analyse(body)
        expect(problems).toEqual([])
        return [key, { active: body.active, defaultLocale: body.defaultLocale, content: facts.content }]
      }),
    ),
    eventTypes: event === null ? {} : { [event]: pathsOf(data) },
    audiences: Object.fromEntries(Object.keys(audiences).map((key) => [key, {}])),
  })
}

function pathsOf(data: unknown, path = ''): string[] {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return [path]
  return Object.entries(data).flatMap(([key, inner]) => pathsOf(inner, path ? `${path}.${key}` : key))
}
