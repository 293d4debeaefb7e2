import { parsePath, valueAt } from '../../../flow/path.ts'
import type { PlanRequest } from '../../../flow/plan.ts'

/** What an answer gives to the journey, and what of it is told. */
export interface Stored {
  variables: Record<string, unknown> | null
  lost: { lost?: 'too-large' | 'no-json'; unset?: string[] }
}

/** A variable's value as JSON is no longer than this: journeys are read at every decision. */
const LONGEST = 4_096

/** Picks the variables of a step out of an answer; a value that is missing or too long leaves its variable unset. */
export function variablesFrom(text: string | null, store: PlanRequest['store']): Stored {
  if (store.length === 0) return { variables: null, lost: {} }
  if (text === null) return { variables: null, lost: { lost: 'too-large' } }
  const answer = parsed(text)
  if (answer === undefined) return { variables: null, lost: { lost: 'no-json' } }
  const variables: Record<string, unknown> = {}
  const unset: string[] = []
  for (const { variable, path } of store) {
    const [name] = parsePath(variable)?.keys ?? []
    const value = storable(valueAt(answer, path.split('.')))
    if (name === undefined || value === undefined) unset.push(variable)
    else variables[name] = value
  }
  return { variables, lost: unset.length > 0 ? { unset } : {} }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What is nested without end can be read, but not written. */
function written(value: unknown): string | undefined {
  try {
    return JSON.stringify(value)
  } catch {
    return undefined
  }
}

/**
 * The value as PostgreSQL's jsonb takes it: no NUL and no half of a surrogate pair, in keys as in texts. JSON.stringify
 * writes both as escapes; a backslash that an author wrote stands doubled there, so it is stepped over.
 */
function storable(value: unknown): unknown {
  const text = written(value)
  if (text === undefined || text.length > LONGEST) return undefined
  const clean = text.replaceAll(/\\\\|\\u(?:0000|d[89a-f][0-9a-f]{2})/g, (found) =>
    found === '\\\\' ? found : '',
  )
  return JSON.parse(clean)
}
