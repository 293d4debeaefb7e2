/** How many letters one connection is given before it is replaced. */
export interface Stamina {
  readonly most: number
  /** A connection carried its share in peace. */
  lasted(): void
  /** The server ended a connection by itself after so many; for good when it said so. */
  ended(after: number, said: boolean): void
}

// Many servers end a connection after a hundred letters, some much earlier, most never.
const AT_FIRST = 100
const FEWEST = 5
const MOST = 1_000

/** Follows what the server bears: one letter more with every connection that lasted. */
export function stamina(): Stamina {
  let most = AT_FIRST
  let ceiling = MOST
  return {
    get most() {
      return most
    },
    lasted: () => void (most = Math.min(ceiling, most + 1)),
    ended(after, said) {
      most = Math.max(FEWEST, after)
      if (said) ceiling = most
    },
  }
}
