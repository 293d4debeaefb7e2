import type { Links } from '../../flow/scope.ts'
import { signToken } from './token.ts'
import type { TokenKeys } from './token-keys.ts'

/** The public addresses of one message. */
export interface Tracking {
  links: Links
  /** The open pixel. */
  open: string
  /** True for addresses like those in `links`: a detour would only hurt them. */
  isOwn: (address: string) => boolean
  /** The address that leads on to the message's nth link. */
  click: (link: number) => string
}

export interface Tracked {
  publicUrl: string
  keys: TokenKeys
  workspace: number
  member: number
  message: number
}

/** Nothing of this is stored: each address carries its own proof. */
export function trackingOf({ publicUrl, keys, workspace, member, message }: Tracked): Tracking {
  const base = publicUrl.replace(/\/+$/, '')
  // Signed when read: most messages need few of them.
  return {
    links: {
      get unsubscribe() {
        return `${base}/u/${signToken(keys, 'unsubscribe', { workspace, message })}`
      },
      get preferences() {
        return `${base}/p/${signToken(keys, 'preferences', { workspace, member })}`
      },
      get view() {
        return `${base}/v/${signToken(keys, 'view', { workspace, message })}`
      },
    },
    get open() {
      return `${base}/o/${signToken(keys, 'open', { workspace, message })}`
    },
    isOwn: (address) => ['/u/', '/p/', '/v/'].some((path) => address.startsWith(base + path)),
    click: (link) => `${base}/c/${signToken(keys, 'click', { workspace, message, link })}`,
  }
}
