import { addressKind } from './address-kind.ts'

/** Which addresses an installation may call besides public ones. */
export interface Reach {
  /** As `listedAs` writes them: hosts that may be in a private network, or on this machine. */
  hosts: readonly string[]
  /** Whether any host may be on this machine. */
  loopback: boolean
}

/** What keeps a URL from being called, whoever asks. */
export type Barrier = 'scheme' | 'sign-in' | 'port' | 'address'

/**
 * What of a URL alone refuses a call; null when only connecting tells. `new URL` has written the address in the one
 * usual way by now, whether it was given in decimal, octal or hex.
 */
export function barrierOf(url: URL, reach: Reach): Barrier | null {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'scheme'
  if (url.username !== '' || url.password !== '') return 'sign-in'
  const listed = isListed(url, reach)
  if (!listed && !isPortOfWeb(url.port)) return 'port'
  const literal = literalOf(url.hostname)
  return literal === null || mayConnect(literal, { listed, reach }) ? null : 'address'
}

/** Whether a connection to this resolved address may be made for a URL. */
export function mayConnect(address: string, { listed, reach }: { listed: boolean; reach: Reach }): boolean {
  const kind = addressKind(address)
  if (kind === 'loopback') return listed || reach.loopback
  return kind === 'public' || (kind === 'private' && listed)
}

/** Whether the operator has named this host, on any port or on this one. */
export function isListed({ hostname, port, protocol }: URL, { hosts }: Reach): boolean {
  const number = port || (protocol === 'https:' ? '443' : '80')
  const host = hostname.replace(/\.$/, '')
  return hosts.includes(host) || hosts.includes(`${host}:${number}`)
}

/** `crm.internal` or `crm.internal:8443`, written as in a `new URL`; undefined when no URL has such a host. */
export function listedAs(text: string): string | undefined {
  const url = /[\s/?#@\\*]|:$/.test(text) ? null : URL.parse(`http://${text}`)
  const host = url?.hostname.replace(/\.$/, '')
  const port = /:(\d+)$/.exec(text)?.[1]
  return port && host ? `${host}:${Number(port)}` : host
}

/** Below 1024 other protocols live, some of which can be spoken to in HTTP. */
function isPortOfWeb(port: string): boolean {
  return port === '' || port === '80' || port === '443' || Number(port) >= 1024
}

/** The address that a host is written as; null when it is a name. */
function literalOf(hostname: string): string | null {
  if (hostname.startsWith('[')) return hostname.slice(1, -1)
  if (/^\d+(\.\d+){3}$/.test(hostname)) return hostname
  return isThisMachine(hostname) ? '127.0.0.1' : null
}

/** Resolvers answer these names with a loopback address (RFC 6761). */
function isThisMachine(hostname: string): boolean {
  return /^(.+\.)?localhost\.?$/.test(hostname)
}
