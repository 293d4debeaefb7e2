/** How fast a launch went when it was last looked at; instants in ms since 1970. */
export interface Speed {
  /** Members a second, weighted towards the last ten seconds. */
  perSecond: number
  at: number
  /** When the launch began: before ten seconds have passed, there is less to weigh. */
  since: number
}

const WEIGHED_MS = 10_000

/** Members a second now: it falls while nobody enters. */
export function speedNow({ perSecond, at, since }: Speed, now: number): number {
  const weighed = 1 - Math.exp(-Math.max(1, now - since) / WEIGHED_MS)
  return (perSecond * Math.exp(-Math.max(0, now - at) / WEIGHED_MS)) / weighed
}

/** Null: nobody can say, since nobody enters. */
export function secondsLeft(left: number, perSecond: number): number | null {
  return left === 0 ? 0 : perSecond < 0.001 ? null : Math.ceil(left / perSecond)
}
