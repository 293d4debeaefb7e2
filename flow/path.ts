/** Where a path may begin: the member, the event at hand, the journey's variables, the event that began the journey. */
const ROOTS = ['member', 'event', 'journey', 'entry'] as const
export type Root = (typeof ROOTS)[number]

export interface Path {
  root: Root
  keys: string[]
}

/** `event.prize.tier` as root and keys; undefined when it is no path. */
export function parsePath(text: string): Path | undefined {
  if (text.length > 300) return undefined
  const [first, ...keys] = text.split('.')
  const root = ROOTS.find((one) => one === first)
  if (!root || keys.length === 0 || keys.length > 20 || keys.includes('')) return undefined
  return { root, keys }
}

/** The value at `keys`: own properties and places in lists only, never a prototype's. */
export function valueAt(value: unknown, keys: readonly string[]): unknown {
  let found = value
  for (const key of keys) {
    if (typeof found !== 'object' || found === null) return undefined
    if (Array.isArray(found) && !/^\d+$/.test(key)) return undefined
    found = Object.hasOwn(found, key) ? Reflect.get(found, key) : undefined
  }
  return found ?? undefined
}
