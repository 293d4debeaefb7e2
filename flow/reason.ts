/**
 * Why something happened, or did not: a code with its facts, stored as data and put into words only when shown
 * (`flow/words.ts`), so that dry run, timeline, log and API tell the same sentence.
 */
export interface Reason {
  code: string
  args?: Record<string, unknown>
}
