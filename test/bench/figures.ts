export interface Figure {
  name: string
  value: number
  unit: string
  /** What the same run measured as the limit of what is possible, and how. */
  limit?: { value: number; of: string }
  aim?: string
}

export function percentile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

export function median(values: number[]): number {
  return percentile(values, 0.5)
}

/** `event → mail, idle, p50    11.2 ms   3.1 × the limit (3.6 ms, …)   aim ≤ 30 ms` */
export function line({ name, value, unit, limit, aim }: Figure): string {
  const figure = `${name.padEnd(44)} ${short(value).padStart(9)} ${unit.padEnd(8)}`
  const ratio = limit ? `${(value / limit.value).toFixed(2)} × ${short(limit.value)} (${limit.of})` : ''
  return `${figure} ${ratio.padEnd(60)} ${aim ? `aim ${aim}` : ''}`.trimEnd()
}

function short(value: number): string {
  return value >= 1_000 ? Math.round(value).toLocaleString('en') : value.toFixed(value < 100 ? 1 : 0)
}
