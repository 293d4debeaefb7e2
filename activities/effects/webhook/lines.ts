import { lookup, type LookupAddress } from 'node:dns'
import http, { type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http'
import https from 'node:https'
import type { LookupFunction } from 'node:net'
import { isListed, mayConnect, type Reach } from '../../../flow/reach.ts'

/** The connections of this process to other systems, each to an address that it may call. */
export interface Lines {
  request(url: URL, options: RequestOptions, answered: (response: IncomingMessage) => void): ClientRequest
  /** Aborted once the process closes. */
  closing: AbortSignal
  close(): void
}

/** A name led only to addresses that must not be called. */
export class ClosedAddress extends Error {}

export function openLines(reach: Reach): Lines {
  const open = { keepAlive: true, timeout: IDLE }
  const agents = { 'http:': new http.Agent(open), 'https:': new https.Agent(open) }
  const closing = new AbortController()
  return {
    closing: closing.signal,
    request(url, options, answered) {
      const secure = url.protocol === 'https:'
      const agent = agents[secure ? 'https:' : 'http:']
      const looking = { agent, lookup: openLookup(url, reach) }
      return (secure ? https : http).request(url, { ...options, ...looking }, answered)
    },
    close() {
      closing.abort()
      for (const agent of Object.values(agents)) agent.destroy()
    },
  }
}

/** How long a connection without a request is kept. */
const IDLE = 4_000

/**
 * Answers the addresses that may be called, and they are the ones connected to: between check and connection there is
 * no second look at the name, which could lead elsewhere by then.
 */
function openLookup(url: URL, reach: Reach): LookupFunction {
  const listed = isListed(url, reach)
  return (hostname, options, found) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return found(error, [])
      const allowed = addresses.filter(({ address }) => mayConnect(address, { listed, reach }))
      const [first] = allowed
      if (!first) return found(new ClosedAddress('No address of this host may be called.'), [])
      return options.all ? found(null, allowed) : one(found, first)
    })
  }
}

type Found = Parameters<LookupFunction>[2]

const one = (found: Found, { address, family }: LookupAddress): void => found(null, address, family)
