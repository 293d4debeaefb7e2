import type { Liquid, Template } from 'liquidjs'
import type { Channel } from '../../flow/channels/channel.ts'
import type { FieldForm } from '../../flow/channels/channel-spec.ts'
import { CHANNEL_SPECS } from '../../flow/channels/registry.ts'
import { htmlLiquid, parse, textLiquid } from './engine.ts'
import { applyEdits, htmlPlaces } from './html-places.ts'
import { quicken } from './quicken.ts'
import { type TextPart, textPart } from './text-part.ts'
import { type Collector, collector } from './vars.ts'
import { variablesOf } from './variables.ts'

/** One locale's content of a channel, ready to be filled in many times. */
export interface Compiled {
  channel: Channel
  fields: CompiledField[]
  collect: Collector
  readsLinks: boolean
  /** Makes the text part of a mail that has none of its own. */
  textPart: TextPart
}

export interface CompiledField {
  name: string
  form: FieldForm
  /** One each of the field's texts: several for a list of parameters. */
  texts: CompiledText[]
}

export interface CompiledText {
  source: string
  templates: Template[]
}

/** Compiles a stored content. Throws a LiquidError where Liquid is wrong, a ZodError where the shape is. */
export function compile(channel: Channel, content: unknown): Compiled {
  const fields = sourcesOf(channel, content).map(({ name, form, sources }) => ({
    name,
    form,
    texts: sources.map((source) => ({ source, templates: compileText(form, source) })),
  }))
  const read = fields.flatMap(({ texts }) => texts.flatMap(({ templates }) => variablesOf(templates)))
  const paths = read.map(({ path }) => path)
  const readsLinks = paths.some((path) => path.split('.')[0] === 'links')
  return { channel, fields, collect: collector(paths), readsLinks, textPart: textPart() }
}

export interface FieldSources {
  name: string
  form: FieldForm
  sources: string[]
}

/** The Liquid of each field of a content; a parameter is written as a bare path. */
export function sourcesOf(channel: Channel, content: unknown): FieldSources[] {
  const { content: schema, fields } = CHANNEL_SPECS[channel]
  const given: Record<string, unknown> = schema.parse(content)
  return Object.entries<FieldForm>(fields).flatMap(([name, form]) => {
    const value = given[name]
    if (typeof value === 'string') return [{ name, form, sources: [value] }]
    return Array.isArray(value) ? [{ name, form, sources: value.map(parameterSource) }] : []
  })
}

function compileText(form: FieldForm, source: string): Template[] {
  if (form === 'plain') return []
  const written = parse(textLiquid, source)
  if (form !== 'html') return quickened(written, textLiquid)
  // Parsed as the author's first, so that nobody writes the compiler's own tags.
  return quickened(parse(htmlLiquid, applyEdits(source, htmlPlaces(source).edits)), htmlLiquid)
}

function quickened(templates: Template[], liquid: Liquid): Template[] {
  quicken(templates, liquid)
  return templates
}

const parameterSource = (parameter: string): string =>
  /\{[{%]/.test(parameter) ? parameter : `{{ ${parameter} }}`
