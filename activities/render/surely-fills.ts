import { Output, type Template, TypeGuards, Value } from 'liquidjs'
import type { Channel } from '../../flow/channels/channel.ts'
import { type FieldSources, sourcesOf } from './compile.ts'
import { ENGINES_OWN, parse, textLiquid } from './engine.ts'

/** Filters that make some text of any value. */
const SURE = new Set(
  'append capitalize date default downcase escape join prepend strip truncate upcase url_encode'.split(' '),
)

/**
 * Whether every member who passes the gate gets this content: it prints variables that the gate has asked for, between
 * words of its own, and nothing depends on a branch or loop. False is a doubt: only rendering tells.
 */
export function surelyFills(channel: Channel, content: unknown): boolean {
  return sourcesOf(channel, content).every((field) => field.sources.every((source) => isSure(field, source)))
}

function isSure({ form }: FieldSources, source: string): boolean {
  if (form === 'plain') return true
  const templates = parse(textLiquid, source)
  const mayBeEmpty = form === 'html' || form === 'url'
  return templates.every(isPlain) && (mayBeEmpty || templates.some(isWorded))
}

function isPlain(template: Template): boolean {
  if (TypeGuards.isHTMLToken(template.token)) return true
  return template instanceof Output && [...(template.arguments?.() ?? [])].every(isSimple)
}

function isSimple(argument: unknown): boolean {
  if (!(argument instanceof Value)) return false
  return argument.filters.every(
    ({ name, args }) => name === ENGINES_OWN || (SURE.has(name) && args.every(isLiteral)),
  )
}

function isLiteral(argument: unknown): boolean {
  return TypeGuards.isQuotedToken(argument) || TypeGuards.isNumberToken(argument)
}

/** Its own words keep a text from being empty, whatever is printed beside them. */
function isWorded(template: Template): boolean {
  return TypeGuards.isHTMLToken(template.token) && template.token.getText().trim() !== ''
}
