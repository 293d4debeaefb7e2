import { callAgain, CALL_SENTENCES } from './call-sentences.ts'
import { sayUpdate } from './update-sentence.ts'
import type { Telling } from './words.ts'

type Sentence = (tell: Telling) => string

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

/** A sentence per code, in the voice of the product: who, what, when; the remedy where there is one. */
export const SENTENCES: Record<string, Sentence> = {
  end: () => 'Reached the end of the flow.',
  'exit-criteria': (tell) => `Left: the exit criteria of the flow came true${because(tell)}.`,
  erased: () => 'Left: the member was erased.',
  'flow-stopped': () => 'Left: the flow was stopped, and everybody inside was taken out.',
  'passed-in-pause': (tell) =>
    `Left: their time came while the flow was paused (from ${tell.moment('from')} to ${tell.moment('to')}), and what had passed was dropped.`,
  'entered-in-pause': (tell) =>
    `Left: they entered while the flow was paused (from ${tell.moment('from')} to ${tell.moment('to')}), and such entries were dropped.`,
  'would-move': () => 'Goes on at the same step of the new version.',
  'stays-step-gone': () => 'Finishes their version: the new one has no such step.',
  'stays-other-kind': (tell) =>
    `Finishes their version: in the new one this step is a *${tell.word('kind')}*.`,
  moved: (tell) => `Moved to version ${tell.word('version')}, to the same step.`,
  'node-gone': (tell) => `Left: the step ${tell.word('node')} is not in this version.`,
  'never-published': () => 'Not in it: the flow was never published.',
  'flow-is-stopped': () => 'Not in it: the flow is stopped and takes no entries.',
  'not-launched': () => 'Not in it: it was never launched for them.',
  'no-event': (tell) => `Not in it: no *${tell.word('event')}* was received for them.`,
  'event-before-publish': (tell) =>
    `Not in it: their last *${tell.word('event')}* came before this version was published.`,
  'event-did-not-match': (tell) =>
    `Not in it: their *${tell.word('event')}* did not match what the trigger asks for${because(tell)}.`,
  'not-chosen': (tell) => `Not in it: not in *${tell.word('label')}*${because(tell)}.`,
  'no-date': (tell) => `Not in it: no date in *${tell.word('attribute')}*.`,
  inside: () => 'Not entered: already inside this flow, and it does not allow entering twice at once.',
  once: () => 'Not entered: this flow takes each member once, and they have been in it.',
  gap: (tell) => `Not entered: their last entry is too recent; possible again from ${tell.moment('from')}.`,

  'no-transport': (tell) =>
    `Not sent by ${tell.channel()}: the channel is not connected. Connect it on the Channels page.`,
  'no-template': (tell) => `Not sent: template *${tell.word('template')}* is missing or switched off.`,
  'no-content': (tell) =>
    `Not sent by ${tell.channel()}: template *${tell.word('template')}* has no content for it.`,
  variables: (tell) =>
    `Not sent by ${tell.channel()}: no value for ${tell.names('names')}. Fill it in, or give the template a default.`,
  'no-address': (tell) => `Not sent by ${tell.channel()}: no address for it.`,
  suppressed: (tell) =>
    `Not sent by ${tell.channel()}: the address is suppressed since ${tell.day('at')} (${tell.word('why').replaceAll('-', ' ')}).`,
  'not-allow-listed': (tell) =>
    `Not sent by ${tell.channel()}: the address is not on the allow-list of this workspace.`,
  stopped: (tell) =>
    `Not sent by ${tell.channel()}: opted out of this channel on ${tell.day('at')} (${tell.word('source')}).`,
  'no-consent': (tell) =>
    `Not sent by ${tell.channel()}: no consent for *${tell.word('topic')}* by ${tell.channel()}.`,
  'consent-revoked': (tell) =>
    `Not sent by ${tell.channel()}: no consent for *${tell.word('topic')}* by ${tell.channel()} (revoked ${tell.day('at')}, ${tell.word('source')}).`,
  'used-before': (tell) =>
    `Not sent by ${tell.channel()}: already used at ${tell.word('node')}, and this send wants another channel.`,

  'in-audience': (tell) => `In *${tell.word('label')}*${because(tell)}.`,
  'not-in-audience': (tell) => `Left: not in *${tell.word('label')}*${because(tell)}.`,
  condition: (tell) => `*${tell.word('label')}* ${tell.args.truth === true ? 'Yes' : 'No'}${because(tell)}.`,
  arm: (tell) =>
    `Takes *${tell.word('arm')}*: ${percent(tell, 'share')} of members do, and the same ones each time.`,
  case: (tell) => `*${tell.word('label')}* Takes *${tell.word('case')}*${because(tell)}.`,
  'no-case': (tell) => `*${tell.word('label')}* Takes the way for all others${because(tell)}.`,
  updated: sayUpdate,
  'kind-not-running': (tell) => `Left: steps of the kind *${tell.word('kind')}* do not run yet.`,

  'cap-too-small': (tell) =>
    `Not sent by ${tell.channel()}: the limit of ${messages(tell, 'max')} a ${tell.word('per')} leaves no room for every channel of this send.`,

  wait: (tell) => `Resting until ${tell.moment('dueAt')}${tell.place()}.`,
  waited: () => 'The wait is over.',
  'date-missing': (tell) => `Not waited: there is no date in *${tell.word('attribute')}*.`,
  'date-passed': (tell) =>
    `Not waited: ${tell.moment('at')}${tell.place()}, which *${tell.word('attribute')}* leads to, had passed.`,
  'wait-event': (tell) => `Resting until ${tell.moment('dueAt')}: waiting for *${tell.word('event')}*.`,
  'event-happened': (tell) => `*${tell.word('event')}* happened.`,
  'event-timeout': (tell) => `*${tell.word('event')}* did not happen within ${tell.length('ms')}.`,
  'quiet-hours': (tell) =>
    `Resting until ${tell.moment('dueAt')}${tell.place()}: quiet hours${outsideOfTest(tell)}.`,
  'frequency-cap': (tell) =>
    `Resting until ${tell.moment('dueAt')}${tell.place()}: already ${messages(tell, 'count')} this ${tell.word('per')} (limit ${tell.word('max')}).`,
  'sending-off': () => 'Resting: sending is switched off for the whole workspace.',
  paused: () => 'Resting: the flow is paused.',
  'hop-clock': (tell) =>
    `Resting until ${tell.moment('dueAt')}: sent by ${tell.channel()}, not yet ${REACHED[tell.word('until')] ?? ''}.`,
  retry: (tell) =>
    tell.word('why')
      ? callAgain(tell)
      : `Resting until ${tell.moment('dueAt')}: ${tell.channel()} is tried again (${tell.inner('why')}).`,

  entered: () => 'Entered the flow.',
  'entered-supposedly': (tell) =>
    `Entered the flow: no event was given, so a *${tell.word('event')}* that fits, without data, is taken to have come.`,
  hop: (tell) => `Going out by ${tell.channel()}${storyOf(tell)}.`,
  reached: (tell) =>
    `${capital(REACHED[tell.word('reached')] ?? 'sent')} by ${tell.channel()}${storyOf(tell)}.`,
  'perhaps-sent': (tell) =>
    `Perhaps sent${byChannel(tell)}: the connection was lost after the hand-over, so it is not sent again. Look it up and resolve it.`,
  'all-failed': (tell) =>
    `Not sent: every channel failed, the last one ${tell.channel()} (${tell.inner('why')}).`,
  unreachable: (tell) => nothingToReachBy(tell),

  rejected: (tell) =>
    `Failed${byChannel(tell)}: ${REJECTED[tell.word('class')] ?? 'the provider refused it'}.`,
  'not-sent': (tell) => `Failed${byChannel(tell)}: the provider could not be reached.`,
  'rate-limited': (tell) => `Failed${byChannel(tell)}: the provider asks for fewer messages.`,
  unavailable: (tell) => `Failed${byChannel(tell)}: the provider is out of service.`,
  template: (tell) =>
    `Failed${byChannel(tell)}: the template could not be filled for this member (${tell.word('fault')}).`,
  bounced: (tell) => `Failed${byChannel(tell)}: it came back (bounced).`,
  'not-delivered': (tell) => `Failed${byChannel(tell)}: the provider could not deliver it.`,
  complained: (tell) => `The recipient complained${byChannel(tell)}.`,
  resolved: (tell) => `Decided by an operator: ${tell.word('as')}.`,

  ...CALL_SENTENCES,
}

/** ' (prize tier was *silver*)': what settled a condition. */
function because(tell: Telling): string {
  const facts = tell.facts()
  return facts && ` (${facts})`
}

/** ' (until 08:00 on 3 March outside of a test)': what a test run has cut short. */
function outsideOfTest(tell: Telling): string {
  return tell.word('ends') && ` (until ${tell.moment('ends')} outside of a test)`
}

function messages(tell: Telling, name: string): string {
  const n = tell.word(name)
  return n === '1' ? '1 message' : `${n} messages`
}

/** '12.5 %' */
function percent(tell: Telling, name: string): string {
  return `${Math.round(Number(tell.word(name)) * 1_000) / 10} %`
}

/** ': WhatsApp was tried first and not delivered within 2 hours' */
function storyOf(tell: Telling): string {
  if (tell.word('before') === '') return ''
  const first = `: ${tell.channel('before')} was tried first`
  if (tell.word('until') === '') return `${first} (${tell.inner('why')})`
  return `${first} and not ${REACHED[tell.word('until')] ?? ''} within ${tell.length('withinMs')}`
}

function byChannel(tell: Telling): string {
  return tell.word('channel') ? ` by ${tell.channel()}` : ''
}

/** 'No phone, no email': what is missing when no candidate was refused for anything else. */
function nothingToReachBy(tell: Telling): string {
  const refused = tell.args.refused
  const list = Array.isArray(refused) ? (refused as ({ code?: string } | null)[]) : [] // as the router stored it
  const onlyAddresses = list.length > 0 && list.every((one) => one?.code === 'no-address')
  if (onlyAddresses) return 'Not sent: nothing to reach them by on any channel of this send.'
  return 'Not sent: every channel of this send was refused.'
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
