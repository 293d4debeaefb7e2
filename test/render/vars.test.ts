import fc from 'fast-check'
import { expect, test } from 'vitest'
import { contentOf } from '../../activities/render/content-of.ts'
import { compile } from '../../activities/render/compile.ts'
import { fill } from '../../activities/render/fill.ts'
import { finish } from '../../activities/render/finish.ts'
import { openPage } from '../../activities/render/page.ts'
import { textPart } from '../../activities/render/text-part.ts'
import { collectVars, varsSchema } from '../../activities/render/vars.ts'
import { templateSchema } from '../../flow/template.ts'
import { rendered, scopeOf, tracking } from './sample.ts'

const when = { now: Date.parse('2026-11-21T09:00:00Z'), timeZone: 'Europe/Madrid' }

test('exactly the values that a template reads are stored', () => {
  const scope = scopeOf(
    { name: 'Ana', iban: 'secret' },
    { prize: { name: 'Bicycle', code: 'B-1' }, other: 1 },
  )
  const { vars } = rendered({
    content: { text: '{{ member.name }} won {{ prize.name }} on {{ entry.type }}' },
    scope,
  })
  expect(JSON.parse(JSON.stringify(vars))).toEqual({
    now: when.now,
    zone: when.timeZone,
    member: { name: 'Ana' },
    event: { prize: { name: 'Bicycle' } },
    entry: { type: 'CampaignGameWon' },
  })
})

test('a path that is computed keeps all it could lead to', () => {
  const scope = scopeOf({ pick: 'b' }, { names: { a: 'A', b: 'B' }, other: 1 })
  const vars = collectVars(['names', 'member.pick'], scope, when)
  expect(JSON.parse(JSON.stringify(vars))).toMatchObject({
    member: { pick: 'b' },
    event: { names: { a: 'A', b: 'B' } },
  })
  expect(rendered({ content: { text: '{{ names[member.pick] }}' }, scope }).content.text).toBe('B')
})

test('values are kept as the database gives them back', () => {
  const scope = scopeOf({}, { deep: { bb: 1, a: 2, c: null }, list: [null, 'x\u0000y\ud800'] })
  const { event } = collectVars(['deep', 'list'], scope, when)
  expect(JSON.stringify(event)).toBe('{"deep":{"a":2,"bb":1},"list":[null,"xy\ufffd"]}')
})

const word = fc.constantFrom('a', 'b', 'name', 'items', 'size', 'prize', '__proto__', 'constructor', 'first')
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<unknown>('x <b>', '', 'two\nlines', 0, 7.5, true, false, null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(word, tie('value'), { maxKeys: 4 }),
  ),
}))
const record = fc.dictionary(word, json.value, { maxKeys: 4 })
const path = fc
  .tuple(
    fc.constantFrom('member', 'event', 'prize', 'a', 'b', 'items', 'entry'),
    fc.array(word, { maxLength: 3 }),
  )
  .map(([root, rest]) => [root, ...rest].join('.'))
const piece = fc.oneof(
  path.map((at) => `{{ ${at} }}`),
  path.map((at) => `{{ ${at} | default: "none" }}`),
  path.map((at) => `{{ ${at} | json }}`),
  path.map((at) => `{% if ${at} %}yes{% endif %}`),
  fc.tuple(path, path).map(([at, other]) => `{{ ${at} | default: ${other} }}`),
  fc.tuple(path, path).map(([at, key]) => `{{ ${at}[${key}] | default: "-" }}`),
  fc
    .tuple(path, word)
    .map(([at, key]) => `{% for x in ${at} %}{{ x.${key} | default: forloop.index }}{% endfor %}`),
  fc.tuple(word, path).map(([name, at]) => `{% assign ${name} = ${at} %}{{ ${name} | size }}`),
  path.map((at) => `<a href="https://a.example/{{ ${at} | default: 1 | url_encode }}">a</a>`),
)
const source = fc.array(piece, { minLength: 1, maxLength: 4 }).map((pieces) => pieces.join(' '))

const outcome = (work: () => unknown): unknown => {
  try {
    return work()
  } catch (error) {
    return (error as Error).message // whatever was thrown: both sides must throw the same
  }
}

test('what is made from the stored values is what the full scope makes, for any template and data', () => {
  fc.assert(
    fc.property(source, record, record, (html, attributes, data) => {
      const scope = scopeOf(attributes, withoutNull(data))
      const full = Object.assign(Object.create(null) as typeof scope, withoutNull(scope))
      const content = { subject: 's', html }
      const compiled = compile('email', content)
      const page = openPage({ tracking, footer: null })
      const setting = { now: when.now, timeZone: when.timeZone, locale: 'en' }
      const direct = outcome(() => {
        const filled = fill(compiled, { scope: full, setting, page })
        return finish('email', filled, { locale: 'en', unsubscribe: null, textPart: textPart() }).content
      })
      expect(outcome(() => rendered({ channel: 'email', content, scope, tracked: true }).content)).toEqual(
        direct,
      )
    }),
    { numRuns: 1_500 },
  )
})

test('the content as sent is made again of the template and the stored values, through the database', () => {
  fc.assert(
    fc.property(source, record, record, (html, attributes, data) => {
      const content = { subject: 's', html }
      const body = templateSchema.parse({
        name: 't',
        defaultLocale: 'en',
        content: { email: { en: content } },
      })
      const first = outcome(() =>
        rendered({
          channel: 'email',
          content,
          scope: scopeOf(attributes, data),
          tracked: true,
          marketing: true,
        }),
      )
      if (typeof first === 'string') return
      const { content: sent, vars } = first as ReturnType<typeof rendered> // no text: the rendered message
      const stored = varsSchema.parse(JSON.parse(JSON.stringify(vars)))
      const message = { body, templateVersionId: 0, channel: 'email', locale: 'en', vars: stored } as const
      const source = { ...message, templateVersionId: fresh(), tracking, marketing: true }
      expect(contentOf(source)).toEqual(sent)
    }),
    { numRuns: 1_000 },
  )
})

let version = 0
const fresh = () => (version += 1)

/** The data as the scope of stored values has it: null is no value, and keys are in the database's order. */
function withoutNull<T>(value: T): T {
  if (Array.isArray(value)) return value.map((item: unknown) => withoutNull(item)) as T // the same list
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(([key, item]) => item !== null && key !== '__proto__')
  const sorted = kept.toSorted(([a], [b]) => a.length - b.length || (a < b ? -1 : 1))
  const entries = sorted.map(([key, item]: [string, unknown]) => [key, withoutNull(item)] as const)
  const copy: Record<string, unknown> = Object.create(null) as Record<string, unknown> // filled with the same keys
  for (const [key, item] of entries) copy[key] = item
  return copy as T
}
