import type { Problem } from './problem.ts'

/** A problem that does not know yet where it is: `path` is relative to its node, or to what was checked. */
export type Fault = Omit<Problem, 'nodeId'>

export function error(code: string, path: string, message: string): Fault {
  return { code, path, message, severity: 'error' }
}

export function warning(code: string, path: string, message: string): Fault {
  return { code, path, message, severity: 'warning' }
}

/** Moves faults of a part under its place in the whole. */
export function under(prefix: string, faults: Fault[]): Fault[] {
  return faults.map((fault) => ({
    ...fault,
    path: [prefix, fault.path].filter((part) => part !== '').join('.'),
  }))
}
