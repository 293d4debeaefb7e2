import type { Outcome, RejectionClass } from '../transport.ts'

const CLASSES = ['invalid-address', 'opted-out', 'content', 'config', 'rate-limited', 'unavailable'] as const
export type Behaviour = RejectionClass | 'not-sent' | 'unknown' | 'hang'

const ASKED = new RegExp(`sim-(${[...CLASSES, 'not-sent', 'unknown', 'hang'].join('|')})(?![a-z-])`)

// The first four are those that Twilio publishes for its test credentials.
const NUMBERS: Record<string, Behaviour> = {
  '+15005550001': 'invalid-address',
  '+15005550002': 'unavailable',
  '+15005550004': 'opted-out',
  '+15005550009': 'invalid-address',
  '+15005550011': 'not-sent',
  '+15005550012': 'rate-limited',
  '+15005550013': 'unknown',
  '+15005550014': 'hang',
  '+15005550015': 'content',
  '+15005550016': 'config',
}

/**
 * What an address asks the simulator to do; undefined for the ordinary ones, which are accepted. Any address that holds
 * `sim-` and an outcome (`ada+sim-unknown@example.com`, a chat `sim-opted-out`), and the phone numbers above.
 */
export function behaviourOf(to: string): Behaviour | undefined {
  const asked = ASKED.exec(to)?.[1]
  return NUMBERS[to] ?? (asked as Behaviour | undefined) // the pattern lists behaviours only
}

const rejected = (kind: RejectionClass, response: string): Outcome => ({
  outcome: 'rejected',
  class: kind,
  response,
})

/** The outcome of each behaviour, in words that say it was simulated. */
export const FAILURES: Record<Behaviour, Outcome> = {
  'invalid-address': rejected('invalid-address', 'Simulated: there is no such address.'),
  'opted-out': rejected('opted-out', 'Simulated: this address has opted out at the provider.'),
  content: rejected('content', 'Simulated: the provider does not take this content.'),
  config: rejected('config', 'Simulated: the provider does not accept our account.'),
  'rate-limited': {
    outcome: 'rejected',
    class: 'rate-limited',
    response: 'Simulated: too many messages.',
    retryAfterMs: 1_000,
  },
  unavailable: rejected('unavailable', 'Simulated: the provider could not deliver.'),
  'not-sent': { outcome: 'not-sent', response: 'Simulated: the provider could not be reached.' },
  unknown: {
    outcome: 'unknown',
    response: 'Simulated: the connection ended after the message was handed over.',
  },
  hang: { outcome: 'unknown', response: 'Simulated: the provider did not answer.' },
}
