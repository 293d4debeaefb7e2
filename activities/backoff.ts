const SECOND = 1_000

/** Waits between tries of what surely did not leave, or may be done again; after the last one it has failed. */
export const BACKOFF = [1, 5, 30, 120, 600].map((seconds) => seconds * SECOND)
