import type { Links } from '../../flow/scope.ts'

/** Stand in for the links of a message that is none: a preview, an operator's view. They lead nowhere. */
export const SAMPLE_LINKS: Links = { unsubscribe: '#unsubscribe', preferences: '#preferences', view: '#view' }
