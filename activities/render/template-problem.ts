import { LiquidError } from 'liquidjs'
import type { HtmlDoubt } from './html-places.ts'

/** A fault or a doubt in a template. Errors refuse it, warnings do not. */
export interface TemplateProblem {
  /** `content.email.en.html` */
  path: string
  code: string
  /** What is wrong and what remedies it. */
  message: string
  severity: 'error' | 'warning'
  /** Where in the text at `path`, from 1; null when it is about the whole. */
  line: number | null
  column: number | null
}

interface Position {
  line: number
  column: number
}

interface Told {
  path: string
  code: string
  severity: TemplateProblem['severity']
  message: string
  at?: Position
}

/** The message says the position, too: a plain list of issues shows nothing else. */
export function problem({ at, message, ...told }: Told): TemplateProblem {
  if (!at) return { ...told, message, line: null, column: null }
  return { ...told, message: `${message} (line ${at.line}, column ${at.column})`, ...at }
}

/** What is wrong with the Liquid at `path`; other errors are not ours and pass on. */
export function liquidProblem(error: unknown, path: string): TemplateProblem {
  if (!(error instanceof LiquidError)) throw error
  const [line = 1, column = 1] = error.token.getPosition()
  return problem({
    path,
    code: 'liquid',
    severity: 'error',
    message: faultWords(error.message),
    at: { line, column },
  })
}

const HTML_WORDS: Record<HtmlDoubt['code'], string> = {
  'unsafe-place': 'No value can be printed here safely. Print it between tags or in a quoted attribute.',
  'split-address':
    'A Liquid block begins or ends inside this address. Put the whole of it inside or outside.',
  'unsafe-link': 'This link is left out of the message. Links lead to http, https, mailto, tel or sms.',
}

/** What is wrong with a place in the HTML at `path`. */
export function htmlProblem(
  { code, severity, at }: HtmlDoubt,
  source: string,
  path: string,
): TemplateProblem {
  return problem({ path, code, severity, message: HTML_WORDS[code], at: positionOf(source, at) })
}

function positionOf(source: string, index: number): Position {
  const lines = source.slice(0, index).split('\n')
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 }
}

/** Liquid's words, without the position that they end with and with the remedy where we know one. */
function faultWords(message: string): string {
  const words = message.replace(/(, file:[^,]*)?, line:\d+, col:\d+$/, '')
  const filter = /^undefined filter: (.+)$/.exec(words)?.[1]
  if (filter) return `There is no filter "${filter}". Remove it or correct its name.`
  const tag = /^tag "(.+)" not found$/.exec(words)?.[1]
  if (tag) return `There is no tag "${tag}". Remove it or correct its name.`
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`
}
