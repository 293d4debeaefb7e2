import { inject } from 'vitest'

/** The Temporal server of this run. It is shared: a test file takes task queues and workflow ids of its own. */
export function temporalAddress(): string {
  return inject('temporalAddress')
}
