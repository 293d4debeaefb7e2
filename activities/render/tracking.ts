import type { Links } from '../../flow/scope.ts'
import { signToken, tokenSigner } from './token.ts'
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
  const base = publicUrl.endsWith('/') ? publicUrl.replace(/\/+$/, '') : publicUrl
  const sign = tokenSigner(keys)
  const about = { workspace, message }
  // Signed when read: most messages need few of them.
  return {
    links: {
      get unsubscribe() {
        return `${base}/u/${sign('unsubscribe', about)}`
      },
      get preferences() {
        return `${base}/p/${signToken(keys, 'preferences', { workspace, member })}`
      },
      get view() {
        return `${base}/v/${sign('view', about)}`
      },
    },
    get open() {
      return `${base}/o/${sign('open', about)}`
    },
    isOwn: (address) => address.startsWith(base) && OWN.some((path) => address.startsWith(path, base.length)),
    click: (link) => `${base}/c/${sign('click', { ...about, link })}`,
  }
}

const OWN = ['/u/', '/p/', '/v/']
