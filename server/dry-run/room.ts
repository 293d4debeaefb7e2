/** How many more characters the listing of a dry run may have. */
export interface Room {
  /** For messages; those it does not hold are told without their words. */
  messages: number
  /** For steps; when there is none left, nobody more is listed. */
  steps: number
}

/** An answer is made in memory, and hundreds of people may each be sent hundreds of messages of a megabyte. */
export function openRoom(): Room {
  return { messages: 16_000_000, steps: 16_000_000 }
}
