/** An enrollment with the month it began in, which its messages and steps carry: they are looked for in that month only. */
export interface Begun {
  id: number
  period: string
}

/** Their ids and their months, as parameters. */
export function namesOf(begun: Begun[]): [number[], string[]] {
  return [begun.map((one) => one.id), [...new Set(begun.map((one) => one.period))]]
}
