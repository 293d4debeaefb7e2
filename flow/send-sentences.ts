import { callAgain } from './call-sentences.ts'
import { nothingLeft, REFUSAL_SENTENCES } from './refusal-sentences.ts'
import type { Telling } from './words.ts'

/** What is told of a send: why a channel was not used, what it waits for, what became of it. */
export const SEND_SENTENCES = {
  ...REFUSAL_SENTENCES,
  unreachable: nothingLeft,

  'quiet-hours': (tell: Telling) =>
    `Resting until ${tell.moment('dueAt')}${tell.place()}: quiet hours${tell.outsideOfTest()}.`,
  'frequency-cap': (tell: Telling) =>
    `Resting until ${tell.moment('dueAt')}${tell.place()}: already ${tell.count('count', 'message')}${limited(tell)} (limit ${tell.word('max')}).`,
  'sending-off': () => 'Resting: sending is switched off for the whole workspace.',
  'hop-clock': (tell: Telling) =>
    `Resting until ${tell.moment('dueAt')}${tell.outsideOfTest()}: sent by ${tell.channel()}, not yet ${REACHED[tell.word('until')] ?? 'there'}.`,
  retry: (tell: Telling) =>
    tell.word('why')
      ? callAgain(tell)
      : `Resting until ${tell.moment('dueAt')}: ${tell.channel()} is tried again (${tell.cause('why')}).`,

  hop: (tell: Telling) => `Going out by ${tell.channel()}${storyOf(tell)}.`,
  reached: (tell: Telling) =>
    `${REACHED_FIRST[tell.word('reached')] ?? 'Sent'} by ${tell.channel()}${storyOf(tell)}.`,
  'perhaps-sent': (tell: Telling) =>
    `Perhaps sent${byChannel(tell)}: the connection was lost after the hand-over, so it is not sent again. Look it up and resolve it.`,
  'all-failed': (tell: Telling) =>
    `Not sent: every channel failed, ${tell.channel()} last (${tell.cause('why') || 'for a reason that was not kept'}).`,

  rejected: (tell: Telling) =>
    `Failed${byChannel(tell)}: ${REJECTED[tell.word('class')] ?? 'the provider refused it'}.`,
  'not-sent': (tell: Telling) => `Failed${byChannel(tell)}: the provider could not be reached.`,
  'rate-limited': (tell: Telling) => `Failed${byChannel(tell)}: the provider asks for fewer messages.`,
  unavailable: (tell: Telling) => `Failed${byChannel(tell)}: the provider is out of service.`,
  template: (tell: Telling) =>
    `Failed${byChannel(tell)}: the template could not be filled for this member (${tell.word('fault')}).`,
  bounced: (tell: Telling) =>
    `Failed${byChannel(tell)}: it came back${tell.args.hard === true ? ' (the address is dead)' : ''}.`,
  'not-delivered': (tell: Telling) => `Failed${byChannel(tell)}: the provider could not deliver it.`,
  resolved: () => 'Failed: it is not known to have been sent, and an operator decided that it was not.',
}

const REJECTED: Record<string, string> = {
  'invalid-address': 'the address does not exist',
  'opted-out': 'the recipient opted out at the provider',
  content: 'the provider refused the content',
  config: 'the transport is not set up right; test it on the Channels page',
  'rate-limited': 'the provider asks for fewer messages',
  unavailable: 'the provider could not deliver it',
}

const REACHED: Record<string, string> = {
  sent: 'sent',
  delivered: 'delivered',
  read: 'read',
  clicked: 'clicked',
}

const REACHED_FIRST: Record<string, string> = { delivered: 'Delivered', read: 'Read', clicked: 'Clicked' }

const PERIOD: Record<string, Record<string, string>> = {
  calendar: { day: 'today', week: 'this week', month: 'this month' },
  rolling: { day: 'within 24 hours', week: 'within 7 days', month: 'within 30 days' },
}

/** ' about *prizes* by SMS this week': what a limit counts. */
function limited(tell: Telling): string {
  const about = tell.word('about') && ` about *${tell.word('about')}*`
  const by = tell.word('by') && ` by ${tell.channel('by')}`
  const period = PERIOD[tell.word('window')]?.[tell.word('per')] ?? `this ${tell.word('per')}`
  return `${about}${by} ${period}`
}

/** ': WhatsApp was tried first and not delivered within 2 hours' */
function storyOf(tell: Telling): string {
  if (tell.word('before') === '') return ''
  const first = `: ${tell.channel('before')} was tried first`
  if (tell.word('until') === '') return `${first}${tell.cause('why') && `, but ${tell.cause('why')}`}`
  return `${first} and not ${REACHED[tell.word('until')] ?? 'answered'} within ${tell.length('withinMs')}`
}

function byChannel(tell: Telling): string {
  return tell.word('channel') ? ` by ${tell.channel()}` : ''
}
