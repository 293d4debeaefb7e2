import type { AddressKind, Channel } from './channels/channel.ts'
import { CHANNEL_SPECS } from './channels/registry.ts'
import { own } from './own.ts'
import type { Telling } from './words.ts'

/** Why a channel was not used, in full and, where several are listed, in two or three words. */
export const REFUSAL_SENTENCES = {
  'no-transport': (tell: Telling) =>
    `Not sent by ${tell.channel()}: the channel is not connected. Connect it on the Channels page.`,
  'no-template': (tell: Telling) =>
    `Not sent: template *${tell.word('template')}* is missing or switched off.`,
  'no-content': (tell: Telling) =>
    `Not sent by ${tell.channel()}: template *${tell.word('template')}* has no content for it.`,
  variables: (tell: Telling) =>
    `Not sent by ${tell.channel()}: no value for ${tell.names('names')}. Fill it in, or give the template a default.`,
  'no-address': (tell: Telling) => `Not sent by ${tell.channel()}: ${lacking(tell.word('channel'))}.`,
  suppressed: (tell: Telling) =>
    `Not sent by ${tell.channel()}: the address must not be used since ${tell.day('at')} (${SUPPRESSED[tell.word('why')] ?? tell.word('why')}).`,
  'not-allow-listed': (tell: Telling) =>
    `Not sent by ${tell.channel()}: the address is not on the allow-list of this workspace.`,
  stopped: (tell: Telling) =>
    `Not sent by ${tell.channel()}: they opted out of this channel on ${tell.day('at')} (${sourceOf(tell)}).`,
  'no-consent': (tell: Telling) =>
    `Not sent by ${tell.channel()}: no consent for *${tell.word('topic')}* by ${tell.channel()}.`,
  'consent-revoked': (tell: Telling) =>
    `Not sent by ${tell.channel()}: no consent for *${tell.word('topic')}* by ${tell.channel()} (revoked ${tell.day('at')}, ${sourceOf(tell)}).`,
  'used-before': (tell: Telling) =>
    `Not sent by ${tell.channel()}: already used at *${tell.word('label') || tell.word('node')}*, and this send wants another channel.`,
  'cap-too-small': (tell: Telling) =>
    `Not sent by ${tell.channel()}: the limit of ${tell.count('max', 'message')} a ${tell.word('per')} leaves no room for every channel of this send.`,
}

const BRIEFLY: Record<keyof typeof REFUSAL_SENTENCES, string> = {
  'no-transport': 'not connected',
  'no-template': 'template missing or off',
  'no-content': 'no content for it',
  variables: 'a value is missing',
  'no-address': 'no address',
  suppressed: 'address must not be used',
  'not-allow-listed': 'not on the allow-list',
  stopped: 'opted out',
  'no-consent': 'no consent',
  'consent-revoked': 'consent revoked',
  'used-before': 'used before',
  'cap-too-small': 'limit too small',
}

/** What each channel of a send was refused for, when none was left. */
export function nothingLeft(tell: Telling): string {
  const stored = tell.args.refused
  const list = Array.isArray(stored) ? (stored as (Partial<Record<string, string>> | null)[]) : [] // as the router stored it
  const refused = list
    .map((one) => ({ channel: one?.channel ?? '', code: one?.code ?? '' }))
    .filter(({ channel }) => channel !== '')
  if (refused.length > 0 && refused.every((one) => one.code === 'no-address')) {
    const missing = new Set(refused.map(({ channel }) => lacking(channel)))
    return `Nothing to reach them by: ${[...missing].join(', ')}.`
  }
  const alike = Map.groupBy(refused, brief)
  const each = [...alike].map(([why, those]) => {
    return `${those.map(({ channel }) => tell.channelWord(channel)).join(', ')}: ${why}`
  })
  return `Not sent: no channel could be used${each.length > 0 ? ` (${each.join('; ')})` : ''}.`
}

function brief({ channel, code }: { channel: string; code: string }): string {
  if (code === 'no-address') return lacking(channel)
  return Object.hasOwn(BRIEFLY, code) ? BRIEFLY[code as keyof typeof BRIEFLY] : 'refused'
}

const LACKING: Record<AddressKind, string> = {
  email: 'no email address',
  phone: 'no phone number',
  telegram: 'no linked Telegram',
  push: 'no push device',
}

function lacking(channel: string): string {
  if (!Object.hasOwn(CHANNEL_SPECS, channel)) return 'no address for it'
  return LACKING[CHANNEL_SPECS[channel as Channel].addressKind] // just looked up
}

const SUPPRESSED: Record<string, string> = {
  'hard-bounce': 'mail to it came back for good',
  'invalid-address': 'it does not exist',
  'opted-out': 'opted out at the provider',
  complaint: 'marked as spam',
}

const SOURCES: Record<string, string> = {
  'reply-stop': 'replied STOP',
  'reply-start': 'replied START',
  complaint: 'marked as spam',
  provider: 'opted out at the provider',
}

const sourceOf = (tell: Telling): string => saySource(tell.word('source'))

/** Where a consent was given or taken back; domain systems write their own words. */
export function saySource(source: string): string {
  return own(SOURCES, source) ?? source
}
