import {
  AssignTag,
  type Context,
  evalToken,
  type Filter,
  filters,
  type Template,
  Value,
  type ValueToken,
} from 'liquidjs'

/** The text filters that make an expression tolerate missing variables. */
const DEFAULT = 'default'

export const hasDefault = (value: Value): boolean => value.filters.some(({ name }) => name === DEFAULT)

/**
 * Liquid lets `default` cover the first step alone, and demands a value for its own argument even when that is not
 * needed. Here `{{ member.nick | upcase | default: member.name }}` misses a value only if both have none.
 */
export function easeDefaults(templates: Iterable<Template>): void {
  for (const template of templates) {
    for (const argument of template.arguments?.() ?? [])
      if (argument instanceof Value && hasDefault(argument)) ease(argument)
    easeDefaults(childrenOf(template))
  }
}

/** The templates inside a tag. */
export function childrenOf(template: Template): Template[] {
  const step = template.children?.(false, true).next()
  return step?.done && Array.isArray(step.value) ? step.value : []
}

function ease(value: Value): void {
  value.value = function* (context) {
    return yield* Value.prototype.value.call(this, context, true)
  }
  for (const filter of value.filters) if (filter.name === DEFAULT) filter.render = orElse
}

function* orElse(this: Filter, value: unknown, context: Context): Generator<unknown, unknown, unknown> {
  const [fallback, ...options] = this.args
  const lenient = Array.isArray(fallback) ? undefined : yield evalToken(fallback, context, true)
  const flags: unknown[] = []
  for (const option of options)
    if (Array.isArray(option)) flags.push([option[0], yield evalToken(option[1], context)])
  // the built-in filter is a plain function of (value, fallback, ...flags)
  const builtIn = filters[DEFAULT] as (this: { context: Context }, ...values: unknown[]) => unknown
  const chosen = builtIn.call({ context }, value, lenient, ...flags)
  // Neither has a value: ask again, strictly, for the fault that names the variable.
  if (chosen === null || chosen === undefined)
    return yield evalToken(fallback as ValueToken | undefined, context)
  return chosen
}

/** `assign` from a variable without a value leaves the name without one, too: printing it is a fault, not a gap. */
export class StrictAssign extends AssignTag {
  override *render(context: Context): Generator<unknown, void, unknown> {
    yield* super.render(context)
    for (const { content } of this.localScope()) {
      const scope = context.bottom() as Record<string, unknown> // assign's own scope, a plain record
      if (scope[content] === null) scope[content] = undefined
    }
  }
}
