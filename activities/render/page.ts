import type { Piece, Still } from '../channels/piece.ts'
import type { Tracking } from './tracking.ts'
import type { Destination } from './url.ts'

/** The message being written: it numbers the links and knows what it still has to add. */
export interface Page {
  /** Where the tracked links lead, in the order they were written. */
  readonly targets: readonly string[]
  /** What to write for a link: its tracked address, itself, or `#` where it must not lead. */
  link(destination: Destination): string
  /** What belongs at the end of an HTML body of which `before` is written already. */
  tail(before: string): readonly Piece[]
  /** True once the tail is written. */
  readonly closed: boolean
}

export interface PageOptions {
  /** Null leaves links as they are and counts no opens. */
  tracking: Tracking | null
  /** What to add at the end of an HTML body, unless the address is in it already. */
  footer: (() => { address: string; html: readonly Piece[] }) | null
}

export function openPage({ tracking, footer }: PageOptions): Page {
  const targets: string[] = []
  let closed = false
  return {
    targets,
    link({ address, linkable, web }) {
      if (!linkable) return '#'
      if (!tracking || !web || tracking.isOwn(address)) return address
      targets.push(web)
      return tracking.click(targets.length - 1)
    },
    tail(before) {
      if (closed) return []
      closed = true
      const foot = footer?.()
      return [
        ...(foot && !before.includes(foot.address) ? foot.html : []),
        ...(tracking ? [PIXEL_START, tracking.open, PIXEL_END] : []),
      ]
    },
    get closed() {
      return closed
    },
  }
}

const PIXEL_START: Still = { text: '<img src="' }
const PIXEL_END: Still = { text: '" width="1" height="1" alt="" style="display:block;border:0">' }
