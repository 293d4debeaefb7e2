import type { Template } from 'liquidjs'
import type { Scope } from '../../flow/scope.ts'
import { jsonLiquid, parse, textLiquid } from './engine.ts'
import { openPage } from './page.ts'
import { RenderFault, renderFault } from './render-fault.ts'
import { type Setting, Sheet } from './sheet.ts'
import { liquidProblem, type TemplateProblem } from './template-problem.ts'

/** The body of a request as its author wrote it. */
export interface RequestBody {
  source: string
  /** Its content type is JSON: values are escaped for it, and what comes out is JSON or is not sent. */
  json: boolean
}

const FIELD = 'body'
const LONGEST = 1_000_000

/** The body for one member; throws a RenderFault, which names no value, when it cannot be made. */
export function renderBody(body: RequestBody, scope: Scope, setting: Setting): string {
  const liquid = body.json ? jsonLiquid : textLiquid
  const page = openPage({ tracking: null, footer: null })
  const text = attempt(() => {
    const sheet = new Sheet(liquid, scope, { setting, page })
    return liquid.renderSync(compiled(body), sheet) as string // no keepOutputType: text
  })
  if (text.length > LONGEST) throw new RenderFault({ code: 'limit', field: FIELD })
  if (body.json && !isJson(text)) throw new RenderFault({ code: 'not-json', field: FIELD })
  return text
}

/** What is wrong with its Liquid; nothing is filled in. */
export function bodyProblem({ source, json }: RequestBody, path: string): TemplateProblem | null {
  try {
    parse(json ? jsonLiquid : textLiquid, source)
    return null
  } catch (error) {
    return liquidProblem(error, path)
  }
}

const KEPT_AT_MOST = 200
const kept = new Map<string, Template[]>()

/** Parsed once for the members of a step; the map's order is that of the last use. */
function compiled({ source, json }: RequestBody): Template[] {
  const key = `${json} ${source}`
  const templates = kept.get(key) ?? parse(json ? jsonLiquid : textLiquid, source)
  kept.delete(key)
  kept.set(key, templates)
  const [oldest] = kept.keys()
  if (kept.size > KEPT_AT_MOST && oldest !== undefined) kept.delete(oldest)
  return templates
}

function attempt<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw renderFault(error, FIELD)
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
