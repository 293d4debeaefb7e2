import type { z } from 'zod'
import { LEAVES } from './leaves/registry.ts'

/** Deep enough for any question a person asks, and far from the end of any stack. */
const DEEPEST = 20
const MOST = 400

type RawIssue = z.core.$ZodSuperRefineIssue

/** A part of the tree that is still to be looked at. */
interface Part {
  json: unknown
  path: PropertyKey[]
  depth: number
}

interface Found {
  issues: RawIssue[]
  inside: Part[]
}

/** What is wrong with a condition from outside: one leaf an object, no unknown property, within the limits. */
export function conditionIssues(json: unknown): RawIssue[] {
  const issues: RawIssue[] = []
  const open: Part[] = [{ json, path: [], depth: 1 }]
  for (let looked = 1; open.length > 0; looked += 1) {
    if (looked > MOST) {
      const message = `Ask at most ${MOST} questions in one condition; save a part of it as an audience.`
      return [...issues, fault([], 'too-many-conditions', message)]
    }
    const found = look(open.shift()!)
    issues.push(...found.issues)
    open.push(...found.inside.slice(0, MOST + 1))
  }
  return issues
}

const COMBINATORS = ['all', 'any', 'not'] as const
const KINDS = [...COMBINATORS, ...Object.keys(LEAVES)]

function look(part: Part): Found {
  const { json, path, depth } = part
  if (depth > DEEPEST) return wrong(fault(path, 'too-deep', `Nest conditions at most ${DEEPEST} deep.`))
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    const example = '{ "field": "member.tier", "op": "eq", "value": "gold" }'
    return wrong(fault(path, 'condition', `Write a condition, such as ${example}.`))
  }
  const kinds = KINDS.filter((kind) => Object.hasOwn(json, kind))
  const [kind] = kinds
  if (kind === undefined) return wrong(fault(path, 'one-leaf', `Give one of: ${KINDS.join(', ')}.`))
  if (kinds.length > 1) {
    return wrong(
      fault(
        path,
        'one-leaf',
        `One question an object: put ${kinds.join(' and ')} side by side in "all" or "any".`,
      ),
    )
  }
  const inside: unknown = Reflect.get(json, kind)
  const combinator = COMBINATORS.find((one) => one === kind)
  return combinator ? lookInside(part, combinator, inside) : lookAtLeaf(part, kind)
}

function lookInside(part: Part, combinator: (typeof COMBINATORS)[number], inside: unknown): Found {
  const { path, depth } = part
  const issues = Object.keys(part.json as object) // look() found an object
    .filter((key) => key !== combinator)
    .map((key) => unknownProperty(path, key))
  if (combinator === 'not')
    return { issues, inside: [{ json: inside, path: [...path, 'not'], depth: depth + 1 }] }
  if (Array.isArray(inside)) {
    return {
      issues,
      inside: inside.map((json: unknown, at) => ({
        json,
        path: [...path, combinator, at],
        depth: depth + 1,
      })),
    }
  }
  return {
    issues: [...issues, fault([...path, combinator], 'list', `Give "${combinator}" a list of conditions.`)],
    inside: [],
  }
}

function lookAtLeaf({ json, path, depth }: Part, kind: string): Found {
  const leaf = json as object // look() found an object
  const spec = LEAVES[kind as keyof typeof LEAVES] // KINDS lists only its keys, besides combinators
  const parsed = spec.schema.safeParse(leaf)
  const issues = (parsed.error?.issues ?? []).map((issue) => ({ ...issue, path: [...path, ...issue.path] }))
  const where: unknown =
    kind === 'event' && Object.hasOwn(leaf, 'where') ? Reflect.get(leaf, 'where') : undefined
  const inside = where === undefined ? [] : [{ json: where, path: [...path, 'where'], depth: depth + 1 }]
  return { issues, inside }
}

function fault(path: PropertyKey[], code: string, message: string): RawIssue {
  return { code: 'custom', path, message, params: { code }, input: undefined }
}

function unknownProperty(path: PropertyKey[], key: string): RawIssue {
  const message = `There is no property "${key}" beside it.`
  return { code: 'unrecognized_keys', path, keys: [key], message, input: undefined }
}

function wrong(issue: RawIssue): Found {
  return { issues: [issue], inside: [] }
}
