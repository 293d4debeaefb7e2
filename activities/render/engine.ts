import { type Context, Liquid, type LiquidOptions, type Template } from 'liquidjs'
import { registerDates } from './dates.ts'
import { escapeHtml, registerHtmlTags } from './html-tags.ts'
import { easeDefaults, StrictAssign } from './missing-values.ts'

/** Tags for authors. No file, include or layout, and none that counts in the scope it reads (increment). */
const TAGS = new Set(
  'assign break capture case comment continue cycle echo for if liquid raw tablerow unless #'.split(' '),
)

/**
 * Filters taken away: `raw` prints unescaped, `sample` is random, so that a message could not be made again, and the
 * `_exp` family reads variables out of strings, where analysis cannot see them.
 */
const withheld = (filter: string): boolean =>
  filter === 'raw' || filter === 'sample' || filter.endsWith('_exp')

const SAFE: LiquidOptions = {
  strictVariables: true,
  lenientIf: true,
  strictFilters: true,
  ownPropertyOnly: true,
  templates: {}, // without it, `include` reads files of the working directory
  parseLimit: 1e6,
  memoryLimit: 1e7,
}

/** Liquid for plain text; values are printed as they are. Also what authors may write anywhere. */
export const textLiquid = safeLiquid({ ...SAFE, outputEscape: print })

/** Liquid for HTML: every printed value is escaped, and the compiler's own tags are understood. */
export const htmlLiquid = safeLiquid({ ...SAFE, outputEscape: printEscaped })
registerHtmlTags(htmlLiquid)
registerHtmlFilters(htmlLiquid)

/**
 * Liquid for JSON: a printed value is escaped to stand inside a text's quotes, so that nobody's name ends the text and
 * adds a property. `json` as the last filter prints a whole value, quotes and all.
 */
export const jsonLiquid = safeLiquid({ ...SAFE, outputEscape: printInQuotes })
jsonLiquid.registerFilter('json', { raw: true, handler: (value: unknown) => JSON.stringify(value) })

/** What Liquid calls the escape that it adds to each output: that is a function without a name. */
export const ENGINES_OWN = '[object Function]'

/** Parses with the rules for missing values; throws a LiquidError that has the position. */
export function parse(liquid: Liquid, source: string): Template[] {
  const templates = liquid.parse(source)
  easeDefaults(templates)
  return templates
}

function safeLiquid(options: LiquidOptions): Liquid {
  const liquid = new Liquid(options)
  for (const tag of Object.keys(liquid.tags)) if (!TAGS.has(tag)) delete liquid.tags[tag]
  for (const filter of Object.keys(liquid.filters)) if (withheld(filter)) liquid.unregisterFilter(filter)
  liquid.registerTag('assign', StrictAssign)
  registerDates(liquid)
  return liquid
}

interface FilterThis {
  context: Context
}

function print(this: FilterThis, value: unknown): string {
  const text = printed(value)
  this.context.memoryLimit.use(text.length)
  return text
}

function printEscaped(this: FilterThis, value: unknown): string {
  return escapeHtml(print.call(this, value))
}

function printInQuotes(this: FilterThis, value: unknown): string {
  return JSON.stringify(print.call(this, value)).slice(1, -1)
}

/** All output is escaped once at its end: an author's own `escape` must not do it twice. */
function registerHtmlFilters(liquid: Liquid): void {
  for (const filter of ['escape', 'escape_once', 'xml_escape'])
    liquid.registerFilter(filter, (value: unknown) => value)
  liquid.registerFilter('newline_to_br', {
    raw: true, // honoured as the last filter only; before another one the break is escaped like any text
    handler: (value: unknown) => escapeHtml(printed(value)).replace(/\r?\n/g, '<br>\n'),
  })
}

function printed(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (Array.isArray(value)) return value.map(printed).join('')
  return typeof value === 'string' ? value : JSON.stringify(value)
}
