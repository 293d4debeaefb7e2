/** Something wrong in what a caller sent, at a place in it. */
export interface Issue {
  /** `consents[0].state`; empty for the whole. */
  path: string
  code: string
  message: string
  /** Where in the text at `path`, from 1. */
  line?: number
  column?: number
}

export type FaultKind = 'missing' | 'conflict' | 'invalid'

/**
 * What a caller did wrong, or what the state forbids. Shown to them as it is: `message` says what and how to mend it,
 * without personal data; `code` is kebab-case and stable.
 */
export class Fault extends Error {
  readonly kind: FaultKind
  readonly code: string
  readonly issues: Issue[]

  constructor(kind: FaultKind, fault: { code: string; message: string; issues?: Issue[] }) {
    super(fault.message)
    this.kind = kind
    this.code = fault.code
    this.issues = fault.issues ?? []
  }
}

/** No such thing here: `throw missing('flow')`. */
export function missing(noun: string): Fault {
  return new Fault('missing', { code: 'not-found', message: `There is no such ${noun}.` })
}

/** The state forbids this act: `throw conflict('flow-not-live', 'Only a live flow can be paused.')`. */
export function conflict(code: string, message: string): Fault {
  return new Fault('conflict', { code, message })
}

/** The input is of the right shape, but wrong: every issue at once. */
export function invalid(issues: Issue[]): Fault {
  return new Fault('invalid', { code: 'invalid', message: 'The request is not valid; see issues.', issues })
}
