import type { RejectionClass } from '../transport.ts'

/** What the server was answering when it refused. Before `body` nothing of the message has left. */
export type Stage = 'connect' | 'sign-in' | 'sender' | 'recipient' | 'data' | 'body'

type Verdict =
  | { outcome: 'not-sent'; retryAfterMs: number }
  | { outcome: 'rejected'; class: RejectionClass; retryAfterMs?: number }

/**
 * The outcome a negative reply stands for. The first digit decides whether a retry can help (RFC 5321 4.2.1), the
 * enhanced code why (RFC 3463), the basic code and the stage where no enhanced one is given. Undefined when the reply
 * is no refusal at all.
 */
export function refusalOf(reply: string, stage: Stage): Verdict | undefined {
  const [, basic = '', enhanced = ''] = /^([45]\d\d)[ -]?(?:([45]\.\d{1,3}\.\d{1,3})\b)?/.exec(reply) ?? []
  if (!basic) return undefined
  const subject = enhanced.slice(2)
  if (basic.startsWith('4')) return temporary(basic, subject)
  return { outcome: 'rejected', class: byEnhanced(subject, stage) ?? byBasic(basic, stage) }
}

const SECOND = 1_000

// Waits of a first retry; whoever retries lengthens them. A greylist wants minutes, and takes an early attempt calmly.
function temporary(basic: string, subject: string): Verdict {
  if (subject === '2.2') return { outcome: 'not-sent', retryAfterMs: 600 * SECOND } // mailbox full
  if (subject.startsWith('4.')) return { outcome: 'not-sent', retryAfterMs: 10 * SECOND } // network beyond the server
  const crowded = subject.startsWith('7.') || subject === '2.1' || subject === '5.3'
  if (crowded || (['421', '450', '451'].includes(basic) && !subject)) {
    return { outcome: 'rejected', class: 'rate-limited', retryAfterMs: (basic === '421' ? 10 : 30) * SECOND }
  }
  return { outcome: 'not-sent', retryAfterMs: 30 * SECOND }
}

const ENHANCED: readonly [RegExp, RejectionClass][] = [
  [/^1\.(7|8)$/, 'config'], // our own sender address
  [/^1\./, 'invalid-address'],
  [/^2\.1$/, 'invalid-address'], // disabled for good
  [/^2\.3$/, 'content'], // too big for this mailbox
  [/^2\./, 'unavailable'], // 2.2: full, soft
  [/^3\.4$/, 'content'], // too big for the server
  [/^[34]\./, 'unavailable'],
  [/^[56]\./, 'content'],
  [/^7\./, 'config'], // policy, reputation, sign-in: not the member's fault
]

function byEnhanced(subject: string, stage: Stage): RejectionClass | undefined {
  if (stage === 'sender' && subject.startsWith('1.')) return 'config' // the address meant is ours
  return ENHANCED.find(([pattern]) => pattern.test(subject))?.[1]
}

const RECIPIENT: Record<string, RejectionClass> = {
  '501': 'invalid-address',
  '510': 'invalid-address',
  '511': 'invalid-address',
  '521': 'invalid-address', // takes no mail at all (RFC 7504)
  '550': 'invalid-address',
  '551': 'invalid-address',
  '552': 'unavailable', // over quota
  '553': 'invalid-address',
  '556': 'invalid-address', // null MX (RFC 7505)
}

function byBasic(basic: string, stage: Stage): RejectionClass {
  if (stage === 'recipient') return RECIPIENT[basic] ?? 'config'
  return stage === 'body' ? 'content' : 'config'
}
