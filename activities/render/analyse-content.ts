import type { Channel } from '../../flow/channels/channel.ts'
import { type FieldSources, sourcesOf } from './compile.ts'
import { parse, textLiquid } from './engine.ts'
import { htmlPlaces } from './html-places.ts'
import { type IgnoredText, ignoredText } from './ignored-text.ts'
import { htmlProblem, liquidProblem, problem, type TemplateProblem } from './template-problem.ts'
import { rooted, type Use, variablesOf } from './variables.ts'

/** What the gate, publishing and reports need to know of one content without parsing it. */
export interface ContentFacts {
  /** Variables printed on every path without a `default`, as written: each must have a value. */
  required: string[]
  /** Every variable that may be read, from its root: `member.name`, `event.prize.code`. */
  used: string[]
  /** The addresses of links as written, in order. */
  links: string[]
}

export interface ContentAnalysis {
  facts: ContentFacts
  problems: TemplateProblem[]
}

/** Names that exist here, where that is known; without them only the fixed ones are checked. */
export interface KnownNames {
  attributes: readonly string[]
  eventFields: readonly string[]
}

export interface AnalysedContent {
  channel: Channel
  /** Of the right shape already. */
  content: unknown
  path: string
  known?: KnownNames | undefined
}

/** Reads one content: the facts, and all that is wrong or doubtful with its position. Renders nothing. */
export function analyseContent({ channel, content, path, known }: AnalysedContent): ContentAnalysis {
  const problems: TemplateProblem[] = []
  const uses: Use[] = []
  const links: string[] = []
  for (const field of sourcesOf(channel, content).filter(({ form }) => form !== 'plain')) {
    for (const [n, source] of field.sources.entries()) {
      const at = field.form === 'paths' ? `${path}.${field.name}.${n}` : `${path}.${field.name}`
      const read = analyseSource(field, source, at)
      uses.push(...read.uses)
      links.push(...read.links)
      problems.push(...read.problems, ...read.uses.flatMap((use) => unknownName(use, at, known)))
    }
  }
  const required = unique(uses.filter((use) => use.required).map((use) => use.path))
  const facts = {
    required: required.filter((name) => !LINKS.has(name)),
    used: unique(uses.map((use) => rooted(use.path))),
    links,
  }
  return { facts, problems }
}

interface SourceAnalysis {
  uses: Use[]
  links: string[]
  problems: TemplateProblem[]
}

function analyseSource(field: FieldSources, source: string, path: string): SourceAnalysis {
  try {
    const templates = parse(textLiquid, source)
    const uses = variablesOf(templates)
    const problems = ignoredText(templates).map((ignored) => ignoredProblem(ignored, path))
    if (field.form === 'url') return { uses, links: [source], problems }
    if (field.form !== 'html') return { uses, links: [], problems }
    const { links, doubts } = htmlPlaces(source)
    return {
      uses,
      links,
      problems: [...problems, ...doubts.map((doubt) => htmlProblem(doubt, source, path))],
    }
  } catch (error) {
    return { uses: [], links: [], problems: [liquidProblem(error, path)] }
  }
}

function ignoredProblem({ text, line, column }: IgnoredText, path: string): TemplateProblem {
  const message = `"${text.slice(0, 80)}" is left out here. Remove it, or put a filter after |.`
  return problem({ path, code: 'ignored-text', severity: 'warning', message, at: { line, column } })
}

const LINKS = new Set(['links.unsubscribe', 'links.preferences', 'links.view'])
const ENTRY = new Set(['id', 'type', 'at'])
const ABOUT_MEMBER = new Set(['externalId', 'email', 'phone', 'locale'])

function unknownName(use: Use, path: string, known: KnownNames | undefined): TemplateProblem[] {
  if (isKnown(use, known)) return []
  const message = `There is no variable "${use.path}". Correct its name or give it a default.`
  const at = { line: use.line, column: use.column }
  return [problem({ path, code: 'unknown-variable', severity: 'warning', message, at })]
}

function isKnown({ path }: Use, known: KnownNames | undefined): boolean {
  const [root, name] = rooted(path).split('.')
  if (name === undefined || root === 'journey') return true
  if (root === 'links') return LINKS.has(path)
  if (root === 'entry') return ENTRY.has(name)
  if (!known) return true
  return root === 'member'
    ? ABOUT_MEMBER.has(name) || known.attributes.includes(name)
    : known.eventFields.includes(name)
}

const unique = (names: string[]): string[] => [...new Set(names)].toSorted()
