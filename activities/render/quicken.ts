import {
  type Context,
  type Emitter,
  type Liquid,
  Output,
  type Template,
  TypeGuards,
  type ValueToken,
} from 'liquidjs'
import type { Still } from '../channels/piece.ts'
import { ENGINES_OWN } from './engine.ts'
import { childrenOf } from './missing-values.ts'
import { put } from './tape.ts'

/**
 * Makes templates put what their author wrote on a tape as still pieces, and read plain paths (`member.name`) without
 * Liquid's machinery: a quarter of the time of a mail. Whatever is not quite plain is Liquid's: a path without a value,
 * a list, a filter.
 */
export function quicken(templates: readonly Template[], liquid: Liquid): void {
  for (const template of templates) {
    if (TypeGuards.isHTMLToken(template.token)) holdStill(template, template.token.getContent())
    else if (template instanceof Output) readPlainly(template, liquid)
    quicken(childrenOf(template), liquid)
  }
}

function holdStill(template: Template, text: string): void {
  const still: Still = { text }
  template.render = (_context, emitter: Emitter) => put(still, emitter)
}

/** What Liquid adds to an output that is printed as any other. */
type Printer = (this: { context: Context }, value: unknown) => string

function readPlainly(output: Output, liquid: Liquid): void {
  const keys = plainPath(output)
  const print = liquid.options.outputEscape as Printer | undefined // one of the engine's
  if (!keys || !print) return
  const slowly: Template['render'] = output.render.bind(output)
  const template: Template = output
  template.render = (context, emitter: Emitter) => {
    const value = plainValue(keys, context)
    if (value === undefined) return slowly(context, emitter)
    emitter.write(print.call({ context }, value))
  }
}

/** Keys that are more than names to Liquid. */
const SPECIAL = new Set(['size', 'first', 'last'])

function plainPath({ value: { initial, filters } }: Output): string[] | undefined {
  const [token, ...operands] = initial.postfix
  if (operands.length > 0 || filters.length !== 1 || filters[0]?.name !== ENGINES_OWN) return undefined
  if (!token || !TypeGuards.isPropertyAccessToken(token) || token.variable) return undefined
  const keys = token.props.map((prop: ValueToken | { content: unknown }) =>
    'content' in prop ? prop.content : null,
  )
  return keys.every((key) => typeof key === 'string' && !SPECIAL.has(key)) ? (keys as string[]) : undefined // just seen
}

/** Text or a number of the scope itself; undefined for all else. */
function plainValue(keys: readonly string[], context: Context): string | number | undefined {
  const [root = ''] = keys
  const { scopes } = context as unknown as { scopes: object[] } // private: names that were assigned, or a loop's
  if (scopes.some((scope) => root in scope)) return undefined
  let value: unknown = context.environments
  for (const key of keys) {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, key))
      return undefined
    value = (value as Record<string, unknown>)[key] // its own key
  }
  return typeof value === 'string' || typeof value === 'number' ? value : undefined
}
