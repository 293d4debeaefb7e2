import type { Channel } from './channels/channel.ts'
import { LEAVES } from './conditions/leaves/registry.ts'
import type { Because } from './conditions/verdict.ts'
import { sayVerdict } from './conditions/words.ts'
import { own } from './own.ts'
import { ANYBODY, sayDay, sayMoment, type Reader } from './reader.ts'
import type { Reason } from './reason.ts'
import { SENTENCES } from './sentences.ts'

export const CHANNEL_WORD: Record<Channel, string> = {
  email: 'email',
  sms: 'SMS',
  whatsapp: 'WhatsApp',
  telegram: 'Telegram',
  push: 'push',
  voice: 'voice call',
}

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

/** The one sentence for a reason, wherever it is told: dry run, timeline, log and API. */
export function say(reason: Reason, reader: Reader = ANYBODY): string {
  const sentence = SENTENCES[reason.code]
  return sentence ? sentence(new Telling(reason.args ?? {}, reader)) : `${reason.code.replaceAll('-', ' ')}.`
}

/** The arguments of a reason, read as words. Stored reasons may be older than the code: nothing here throws. */
export class Telling {
  readonly args: Record<string, unknown>
  readonly reader: Reader

  constructor(args: Record<string, unknown>, reader: Reader) {
    this.args = args
    this.reader = reader
  }

  word(name: string): string {
    const value = this.args[name]
    return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
  }

  channel(name = 'channel'): string {
    return this.channelWord(this.word(name))
  }

  channelWord(value: string): string {
    return Object.hasOwn(CHANNEL_WORD, value) ? CHANNEL_WORD[value as Channel] : value
  }

  /** '09:00 on 3 March' in the zone of the reason, else the reader's. */
  moment(name: string): string {
    const at = new Date(Number(this.args[name]))
    if (Number.isNaN(at.getTime())) return 'later'
    return sayMoment(at, this.reader, this.word('zone') || this.reader.zone)
  }

  /** 'from 09:00 to 11:30 on 3 March'; each end with its day when they differ. */
  span(from: string, to: string): string {
    const [start, end] = [this.moment(from), this.moment(to)]
    const [time = start, day = ''] = start.split(' on ')
    return `from ${day !== '' && end.endsWith(` on ${day}`) ? time : start} to ${end}`
  }

  /** '3 March' in the reader's zone. */
  day(name: string): string {
    const at = new Date(Number(this.args[name]))
    return Number.isNaN(at.getTime()) ? '' : sayDay(at, this.reader)
  }

  /** '2 hours', in the largest unit that fits. */
  length(name: string): string {
    const ms = Number(this.args[name])
    const [unit, size] = UNITS.find(([, size]) => ms >= size) ?? ['second', 1_000]
    const count = Math.round(ms / size)
    return `${count} ${unit}${count === 1 ? '' : 's'}`
  }

  /** ' (2 hours outside of a test)': what a test run has cut short. */
  outsideOfTest(): string {
    if (this.word('ends')) return ` (until ${this.moment('ends')} outside of a test)`
    if (this.word('insteadOf')) return ` (${this.length('insteadOf')} outside of a test)`
    return this.args['insteadOf'] === null ? ' (shortened for this test)' : ''
  }

  /** 'in Madrid' when the reason names a zone. */
  place(): string {
    const city = this.word('zone').split('/').at(-1)?.replaceAll('_', ' ')
    return city ? ` in ${city}` : ''
  }

  /** '*Grand prize only*', or what a step without a name is called. */
  named(otherwise: string): string {
    return this.word('label') ? `*${this.word('label')}*` : otherwise
  }

  /** 'audience *New members*', or what stands for one that is written in place. */
  audience(): string {
    const key = this.word('audience')
    return key ? `audience *${own(this.reader.names?.audiences, key) ?? key}*` : this.named('its audience')
  }

  /** '1 message', '3 messages' */
  count(name: string, noun: string): string {
    const n = this.word(name)
    return `${n} ${noun}${n === '1' ? '' : 's'}`
  }

  names(name: string): string {
    const value = this.args[name]
    return Array.isArray(value) ? value.map((one) => `*${String(one)}*`).join(', ') : ''
  }

  /** What settled a condition: 'prize tier was *silver*'. */
  facts(): string {
    const value = this.args['because']
    const because: Because[] = Array.isArray(value) ? value : [] // stored as `evaluate` answered it
    return sayVerdict({ because: because.filter(({ leaf }) => Object.hasOwn(LEAVES, leaf)) }, this.reader)
  }

  /** What a reason inside this one gives as its cause: 'the address does not exist'. */
  cause(name: string): string {
    const value = this.args[name]
    if (typeof value !== 'object' || value === null || !('code' in value)) return ''
    const { code, args } = value as Reason // written by this program as a Reason
    const sentence = say({ code: String(code), ...(args ? { args } : {}) }, this.reader)
    return sentence.replace(/^(Failed|Not sent)[^:]*: /, '').replace(/\.$/, '')
  }
}
