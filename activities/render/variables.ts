import {
  analyzeSync,
  AssignTag,
  CaptureTag,
  CycleTag,
  EchoTag,
  type Filter,
  ForTag,
  LiquidTag,
  Output,
  TablerowTag,
  type Template,
  TypeGuards,
  Value,
  type Variable,
} from 'liquidjs'
import { ROOTS } from '../../flow/scope.ts'
import { childrenOf, hasDefault } from './missing-values.ts'

/** A variable that a template reads. */
export interface Use {
  /** As written, up to the first key that is computed or has a dot: `prize.code`. */
  path: string
  line: number
  column: number
  /** Read whatever branch is taken, and nothing stands in for it. */
  required: boolean
}

/** Every variable of the scope that the templates may read; loop variables and assigned names are none. */
export function variablesOf(templates: readonly Template[]): Use[] {
  const uses: Use[] = []
  visit(templates, { uses, assigned: new Set(), looped: new Set(), certain: true })
  return uses
}

/** The path in full, from one of the roots of a scope: `prize.code` is `event.prize.code`. */
export function rooted(path: string): string {
  const [root = ''] = path.split('.', 1)
  return (ROOTS as readonly string[]).includes(root) ? path : path === '' ? 'event' : `event.${path}`
}

interface Walk {
  uses: Use[]
  /** Names set by `assign` or `capture` so far; a branch may have skipped that, so they are still read from the scope. */
  assigned: Set<string>
  looped: Set<string>
  certain: boolean
}

/** `offset: continue` in a loop is a word of Liquid, not a variable. */
const RESUME = 'continue'
const STRICT_TAGS = [ForTag, TablerowTag, CycleTag]
const ALWAYS_INSIDE = [CaptureTag, LiquidTag]

function visit(templates: readonly Template[], walk: Walk): void {
  for (const template of templates) {
    for (const { variable, strict } of reads(template)) note(variable, strict, walk)
    for (const name of template.localScope?.() ?? []) walk.assigned.add(name.content)
    const looped = template.blockScope ? new Set([...walk.looped, ...template.blockScope()]) : walk.looped
    const certain = walk.certain && ALWAYS_INSIDE.some((kind) => template instanceof kind)
    visit(childrenOf(template), { ...walk, looped, certain })
  }
}

interface Read {
  variable: Variable
  /** Liquid throws when it has no value. */
  strict: boolean
}

/** Mirrors how Liquid evaluates: leniently in conditions, `assign` and wherever there is a `default`, else strictly. */
function* reads(template: Template): Generator<Read> {
  const prints = template instanceof Output || template instanceof EchoTag
  for (const argument of template.arguments?.() ?? []) {
    if (argument instanceof Value) {
      yield* read(argument.initial.postfix, prints && !hasDefault(argument))
      const strict = prints || template instanceof AssignTag
      for (const filter of argument.filters)
        yield* read(tokensOf(filter), strict && filter.name !== 'default')
    } else {
      const strict = STRICT_TAGS.some((kind) => template instanceof kind)
      yield* read([argument], strict)
    }
  }
}

const tokensOf = (filter: Filter): unknown[] => filter.args.map((arg) => (Array.isArray(arg) ? arg[1] : arg))

const read = (tokens: unknown[], strict: boolean): Read[] =>
  tokens.flatMap(variables).map((variable) => ({ variable, strict }))

/** The variables of one token, found by Liquid's own analysis of a template that is nothing else. */
function variables(token: unknown): Variable[] {
  if (!TypeGuards.isValueToken(token)) return []
  const only = { arguments: () => [token] } as unknown as Template // all that the analysis looks at
  return Object.values(analyzeSync([only]).variables).flat()
}

function note(
  { segments, location }: Variable,
  strict: boolean,
  { uses, assigned, looped, certain }: Walk,
): void {
  const root = String(segments[0])
  if (looped.has(root) || root === RESUME) return
  const keys = segments.map((segment) => (typeof segment === 'object' ? '' : String(segment)))
  const computed = keys.findIndex((key) => !/^[^\s.[\]'"\\]+$/.test(key))
  const path = keys.slice(0, computed < 0 ? keys.length : computed).join('.')
  const required = strict && certain && path !== '' && !assigned.has(root)
  uses.push({ path, line: location.row, column: location.col, required })
}
