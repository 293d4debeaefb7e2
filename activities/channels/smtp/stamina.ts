/** How many letters one connection is given before it is replaced. */
export interface Stamina {
  readonly most: number
  /** A connection carried its share in peace. */
  lasted(): void
  /** The server ended a connection by itself after so many. */
  ended(after: number): void
}

// Many servers end a connection after a hundred letters, some much earlier, most never.
const AT_FIRST = 100
const FEWEST = 5
const MOST = 1_000

/** Follows what the server bears: one letter more with every connection that lasted. */
export function stamina(): Stamina {
  let most = AT_FIRST
  return {
    get most() {
      return most
    },
    lasted: () => void (most = Math.min(MOST, most + 1)),
    ended: (after) => void (most = Math.max(FEWEST, after)),
  }
}
