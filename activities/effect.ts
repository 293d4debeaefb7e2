/**
 * One kind of thing that walks do in the world, in the steps that keep a death at any moment harmless: what can be made
 * ready comes first, so that a grant that nobody can vouch for covers the act alone.
 */
export interface Effect<J, P extends { job: J }, S> {
  /** Rejects when what it needs could not be read. */
  prepare(jobs: J[]): Promise<P[]>
  /** What the row of one that can never be done becomes; null when it can. */
  unfit(prepared: P): S | null
  /** The last gate: answers those that may be done now. */
  grant(prepared: P[], lease: number): Promise<P[]>
  /** Undoes a grant that was surely not acted on, if there was one. */
  takeBack(jobs: J[], lease: number): Promise<void>
  /** Never rejects. */
  act(prepared: P): Promise<S>
}

/** A job that came to an end: with what its row becomes, or with null when it was granted to nobody or to another. */
export interface Done<J, S> {
  job: J
  settlement: S | null
}
