/** Addresses that a link in a message may have; anything else could run something. */
const LINKABLE = new Set(['http', 'https', 'mailto', 'tel', 'sms'])

/** The scheme in lower case as a browser finds it, which skips white space and control characters; null when relative. */
function schemeOf(address: string): string | null {
  const visible = address.replace(/[\p{Cc}\s]/gu, '')
  return /^([a-z][a-z0-9+.-]*):/i.exec(visible)?.[1]?.toLowerCase() ?? null
}

/** True for what may stand in a link, relative addresses and `#anchors` included. */
export function linkable(address: string): boolean {
  const scheme = schemeOf(address)
  return scheme === null || LINKABLE.has(scheme)
}

/** An address that a link leads to, as far as a page has to know it. */
export interface Destination {
  /** As it was written. */
  address: string
  linkable: boolean
  /** In its normal form, when it is one of the web. */
  web: string | undefined
}

export function destinationOf(address: string): Destination {
  return { address, linkable: linkable(address), web: webAddress(address) }
}

/** The address in its normal form when it is one of the web; undefined for any other. */
function webAddress(address: string): string | undefined {
  const scheme = schemeOf(address)
  if (scheme !== 'http' && scheme !== 'https') return undefined
  const url = URL.parse(address.trim())
  return url && (url.protocol === 'http:' || url.protocol === 'https:') ? url.href : undefined
}
