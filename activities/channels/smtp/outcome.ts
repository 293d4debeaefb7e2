import type { Outcome } from '../transport.ts'
import { wordsWithoutAddress } from '../words.ts'
import { refusalOf } from './reply.ts'
import type { Fault, Handed } from './fault.ts'

interface Told {
  /** `host:port`, for the words. */
  server: string
  /** The recipient, so that the server's words can be cleaned of it. */
  to: string
  providerId: string
}

/** The ledger's outcome of what happened on the wire. */
export function outcomeOf(handed: Handed, { server, to, providerId }: Told): Outcome {
  if (!('fault' in handed)) {
    return { outcome: 'accepted', providerId, response: wordsWithoutAddress(handed.reply, to) }
  }
  const { fault } = handed
  const theirs = wordsWithoutAddress(fault.reply ?? fault.error.message, to)
  const response = fault.reply === undefined ? sentenceOf(fault, { server, theirs }) : theirs
  if (fault.inDoubt) return { outcome: 'unknown', response }
  return { ...verdictOf(fault), response }
}

function verdictOf({ error, reply, stage }: Fault): Verdict {
  const verdict = reply === undefined ? undefined : refusalOf(reply, stage)
  if (verdict) return verdict
  // Refused on this side, before a byte was written: a size or an address that the server's EHLO rules out.
  if (error.code === 'ESIZE') return { outcome: 'rejected', class: 'content' }
  if (error.code === 'ESMTPUTF8') return { outcome: 'rejected', class: 'invalid-address' }
  if (error.code === 'EAUTH') return { outcome: 'rejected', class: 'config' }
  if (error.code === 'EBUSY') return { outcome: 'not-sent', retryAfterMs: 30_000 }
  return { outcome: 'not-sent' }
}

type Verdict = NonNullable<ReturnType<typeof refusalOf>> | { outcome: 'not-sent'; retryAfterMs?: number }

interface Said {
  server: string
  /** What the library or the system said. */
  theirs: string
}

function sentenceOf({ error, inDoubt }: Fault, { server, theirs }: Said): string {
  if (inDoubt) {
    return error.code === 'ETIMEDOUT'
      ? `The mail server ${server} was given the message and did not answer in time.`
      : `The connection to ${server} ended after the message was given to it, before it answered.`
  }
  if (error.originalCode === 'ECONNREFUSED')
    return `The mail server ${server} refused the connection. Is it running?`
  if (error.code === 'ETIMEDOUT') return `The mail server ${server} did not answer in time.`
  return (
    SENTENCES[error.code ?? '']?.({ server, theirs }) ??
    `The mail server ${server} could not be used: ${theirs}.`
  )
}

const SENTENCES: Record<string, (said: Said) => string> = {
  EDNS: ({ server }) => `The mail server’s name was not found: ${server}. Check the host.`,
  ETLS: ({ server, theirs }) => `No encrypted connection to ${server}: ${theirs}.`,
  EAUTH: ({ server, theirs }) => `Signing in at ${server} failed: ${theirs}.`,
  EBUSY: ({ server }) => `The mail server ${server} asked for time.`,
  ESMTPUTF8: () => 'The mail server takes no addresses with letters beyond ASCII before the @.',
  ESIZE: ({ server }) => `The message is larger than ${server} takes.`,
  ECONNECTION: ({ server }) => `The mail server ${server} closed the connection before it had the message.`,
}
