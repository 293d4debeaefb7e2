import { createHash } from 'node:crypto'

/** The bytes of a file as they go by: tells this file from any other, up to a place in it. */
export interface Ruler {
  /** How many bytes there have been. */
  fed(): number
  feed(part: Buffer): void
  /** SHA-256 of how the file is read, and of all bytes before this place. Places are asked for in their order. */
  digestAt(place: number): Buffer
}

/** `reading` says how the file is read: the same bytes read in another way are another file. */
export function openRuler(reading: string): Ruler {
  const hash = createHash('sha256').update(`${reading}\n`)
  const held: Buffer[] = []
  let fed = 0
  let at = 0
  return {
    fed: () => fed,
    feed(part) {
      held.push(part)
      fed += part.length
    },
    digestAt(place) {
      while (at < place && held[0]) {
        const part = held[0].subarray(0, place - at)
        hash.update(part)
        at += part.length
        if (part.length === held[0].length) held.shift()
        else held[0] = held[0].subarray(part.length)
      }
      return hash.copy().digest()
    },
  }
}
