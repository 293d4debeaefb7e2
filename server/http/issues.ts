import type { z } from 'zod'
import type { Issue } from '../../db/fault.ts'

type ZodIssue = z.core.$ZodIssue
const MOST = 1000

/** Every problem zod found, in our words: unknown properties by name, missing ones as `required`. */
export function issuesOf(error: z.ZodError, input: unknown): Issue[] {
  const issues = error.issues.flatMap((issue) => flatten(issue, [])).flatMap((issue) => inWords(issue, input))
  // A shape that is looked at twice, to tell which one was meant, finds its faults twice.
  return [...new Map(issues.map((issue) => [JSON.stringify(issue), issue])).values()].slice(0, MOST)
}

/** `consents[0].state` */
export function pathOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`
    return text === '' ? String(key) : `${text}.${String(key)}`
  }, '')
}

/** Of a union, the branch that came furthest is the one that was meant; a list was not meant as an object. */
function flatten(issue: ZodIssue, above: PropertyKey[]): ZodIssue[] {
  const path = [...above, ...issue.path]
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [{ ...issue, path }]
  const branches = issue.errors.map((branch) => branch.flatMap((each) => flatten(each, path)))
  const misses = (branch: ZodIssue[]) =>
    Number(branch.some(({ code, path: { length } }) => code === 'invalid_type' && length === path.length))
  return branches.toSorted((a, b) => misses(a) - misses(b) || reach(b) - reach(a) || a.length - b.length)[0]!
}

function reach(branch: ZodIssue[]): number {
  return Math.min(...branch.map((issue) => issue.path.length + (issue.code === 'unrecognized_keys' ? 1 : 0)))
}

function inWords(issue: ZodIssue, input: unknown): Issue[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: pathOf([...issue.path, key]),
      code: 'unknown-property',
      message: `There is no property "${key}" here.`,
    }))
  }
  const path = pathOf(issue.path)
  if (issue.code === 'invalid_type' && valueAt(input, issue.path) === undefined) {
    return [{ path, code: 'required', message: 'This is required.' }]
  }
  return [{ path, code: codeOf(issue), message: issue.message.replace(ZOD_PREFACE, 'E') }]
}

const ZOD_PREFACE = /^Invalid (?:input: e|option: e|discriminator value\. E)/

/** A refinement names its own code: `{ code: 'custom', params: { code: 'unknown-zone' } }`. */
function codeOf(issue: ZodIssue): string {
  const own: unknown = issue.code === 'custom' ? issue.params?.['code'] : undefined
  if (issue.code === 'invalid_union') return 'invalid-value' // of the property that tells the shapes apart
  return typeof own === 'string' ? own : issue.code.replaceAll('_', '-')
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined
  }
  return value
}
