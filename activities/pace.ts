/** How much of a segment is under way at a time: more is faster, and more is in doubt when the process is killed. */
export interface Pace {
  /** A segment takes no new members after this long, in ms, or this many. */
  span: number
  limit: number
  /** Members claimed by one statement, and members in hand above which no more are claimed. */
  batch: number
  ahead: number
  /** Hand-overs granted at a time on one transport; a kill may leave as many in doubt. */
  granted: number
}

/** Runs inside a workflow task, which it must not keep long. */
export const URGENT: Pace = { span: 2_000, limit: 500, batch: 500, ahead: Infinity, granted: 100 }

/** What the bulk lane can be set to. */
export const PACES = {
  fast: { span: 15_000, limit: 25_000, batch: 1_000, ahead: 2_000, granted: 500 },
  careful: { span: 15_000, limit: 25_000, batch: 500, ahead: 1_000, granted: 120 },
} as const satisfies Record<string, Pace>
