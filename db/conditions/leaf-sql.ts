import type { Condition, Leaf } from '../../flow/conditions/schema.ts'

/** How one kind of leaf is asked in SQL. A method, so that what serves one leaf fits where any leaf's is asked for. */
export interface LeafSql<L = Leaf> {
  /** A boolean over the member `m`: true or false for whatever is stored, never null, never an error. */
  sql(leaf: L, place: Place): string
}

/** Where in the statement a leaf is asked. */
export interface Place {
  /** Adds a parameter and answers its name: `$3`. Values never become text of the statement. */
  param(value: unknown): string
  /** Milliseconds since 1970. */
  now: number
  /** In the `where` of an event leaf: `e` is the event under test. */
  testsEvent: boolean
  audiences: Readonly<Record<string, Condition>>
  /** Keys of the audiences around this place: one that comes back to itself is false. */
  trail: readonly string[]
  /** A condition inside this one. */
  condition(condition: Condition, place: Place): string
}
