import type { Tracking } from './tracking.ts'
import { linkable, webAddress } from './url.ts'

/** The message being written: it numbers the links and knows what it still has to add. */
export interface Page {
  /** Where the tracked links lead, in the order they were written. */
  readonly targets: readonly string[]
  /** What to write for a link to `target`: its tracked address, itself, or `#` where it must not lead. */
  link(target: string): string
  /** What belongs at the end of an HTML body of which `before` is written already. */
  tail(before: string): string
  /** True once the tail is written. */
  readonly closed: boolean
}

export interface PageOptions {
  /** Null leaves links as they are and counts no opens. */
  tracking: Tracking | null
  /** What to add at the end of an HTML body, unless the address is in it already. */
  footer: (() => { address: string; html: string }) | null
}

export function openPage({ tracking, footer }: PageOptions): Page {
  const targets: string[] = []
  let closed = false
  return {
    targets,
    link(target) {
      if (!linkable(target)) return '#'
      const address = webAddress(target)
      if (!tracking || !address || tracking.isOwn(target)) return target
      targets.push(address)
      return tracking.click(targets.length - 1)
    },
    tail(before) {
      if (closed) return ''
      closed = true
      const foot = footer?.()
      return (
        (foot && !before.includes(foot.address) ? foot.html : '') + (tracking ? pixel(tracking.open) : '')
      )
    },
    get closed() {
      return closed
    },
  }
}

const pixel = (address: string): string =>
  `<img src="${address}" width="1" height="1" alt="" style="display:block;border:0">`
