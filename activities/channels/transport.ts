import type { Channel } from '../../flow/channels/channel.ts'
import type { Piece } from './piece.ts'

/** One rendered message for one recipient, ready for a provider. */
export interface Outgoing {
  /** Public id of the ledger row; also the base of deterministic provider keys (Message-ID). */
  id: string
  channel: Channel
  to: string
  toName: string | null
  content: RenderedContent
  /** The same texts of `content` in pieces, where they were made of some: encoding them costs only what is new. */
  pieces?: PiecedContent | undefined
  /** Set on marketing messages: one-click unsubscribe (RFC 8058). */
  unsubscribe: { url: string } | null
}

export interface RenderedContent {
  subject?: string
  html?: string
  text?: string
  title?: string
  body?: string
  url?: string
  template?: string
  language?: string
  params?: string[]
  say?: string
}

export interface PiecedContent {
  html?: readonly Piece[]
  text?: readonly Piece[]
}

/**
 * Why a provider surely refused a message; decides retry, suppression and alarm, never read from text. Only a refusal
 * with `retryAfterMs` is worth another attempt: `unavailable` without it (a full mailbox, no route) is final.
 */
export type RejectionClass =
  | 'invalid-address'
  | 'opted-out'
  | 'content'
  | 'config'
  | 'rate-limited'
  | 'unavailable'

/**
 * The four outcomes of a hand-over. `not-sent` surely did not leave and may be retried; `unknown` may have left and is
 * never resent by the engine. `response` is the provider's words without the recipient's address.
 */
export type Outcome =
  | { outcome: 'accepted'; providerId: string | null; response?: string }
  | { outcome: 'rejected'; class: RejectionClass; response: string; retryAfterMs?: number }
  | { outcome: 'not-sent'; response: string; retryAfterMs?: number }
  | { outcome: 'unknown'; response: string }

/** A connection to a provider. `send` never throws and never retries: the ledger decides what happens next. */
export interface Transport {
  send(message: Outgoing): Promise<Outcome>
  /** How many hand-overs may run at once in this process. */
  readonly concurrency: number
  /** Hand-overs a second that its settings allow, over all processes; without it, as many as go. */
  readonly perSecond?: number | undefined
  close(): Promise<void>
}
