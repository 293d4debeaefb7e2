import type { Channel } from './channels/channel.ts'
import { LEAVES } from './conditions/leaves/registry.ts'
import type { Because } from './conditions/verdict.ts'
import { sayVerdict } from './conditions/words.ts'
import type { Reason } from './reason.ts'
import { SENTENCES } from './sentences.ts'

/** Who reads: instants are told on their clock and in their language's way of writing dates. */
export interface Reader {
  zone: string
  locale: string
}

export const CHANNEL_WORD: Record<Channel, string> = {
  email: 'email',
  sms: 'SMS',
  whatsapp: 'WhatsApp',
  telegram: 'Telegram',
  push: 'push',
  voice: 'a voice call',
}

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

/** The one sentence for a reason, wherever it is told: dry run, timeline, log and API. */
export function say(reason: Reason, reader: Reader = { zone: 'UTC', locale: 'en-GB' }): string {
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
    const value = this.word(name)
    return Object.hasOwn(CHANNEL_WORD, value) ? CHANNEL_WORD[value as Channel] : value
  }

  /** '09:00 on 3 March' in the zone of the reason, else the reader's. */
  moment(name: string): string {
    const at = new Date(Number(this.args[name]))
    if (Number.isNaN(at.getTime())) return 'later'
    const timeZone = this.word('zone') || this.reader.zone
    const time = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const
    const clock = at.toLocaleTimeString(this.reader.locale, { timeZone, ...time })
    return `${clock} on ${at.toLocaleDateString(this.reader.locale, { timeZone, day: 'numeric', month: 'long' })}`
  }

  /** '3 March' in the reader's zone. */
  day(name: string): string {
    const at = new Date(Number(this.args[name]))
    if (Number.isNaN(at.getTime())) return ''
    return at.toLocaleDateString(this.reader.locale, {
      timeZone: this.reader.zone,
      day: 'numeric',
      month: 'long',
    })
  }

  /** '2 hours', in the largest unit that fits. */
  length(name: string): string {
    const ms = Number(this.args[name])
    const [unit, size] = UNITS.find(([, size]) => ms >= size) ?? ['second', 1_000]
    const count = Math.round(ms / size)
    return `${count} ${unit}${count === 1 ? '' : 's'}`
  }

  /** 'in Madrid' when the reason names a zone. */
  place(): string {
    const city = this.word('zone').split('/').at(-1)?.replaceAll('_', ' ')
    return city ? ` in ${city}` : ''
  }

  names(name: string): string {
    const value = this.args[name]
    return Array.isArray(value) ? value.map((one) => `*${String(one)}*`).join(', ') : ''
  }

  /** What settled a condition: 'prize tier was *silver*'. */
  facts(): string {
    const value = this.args['because']
    const because: Because[] = Array.isArray(value) ? value : [] // stored as `evaluate` answered it
    return sayVerdict({ because: because.filter(({ leaf }) => Object.hasOwn(LEAVES, leaf)) })
  }

  /** The sentence of a reason inside this one, without its capital and full stop. */
  inner(name: string): string {
    const value = this.args[name]
    if (typeof value !== 'object' || value === null || !('code' in value)) return ''
    const { code, args } = value as Reason // written by this program as a Reason
    const sentence = say({ code: String(code), ...(args ? { args } : {}) }, this.reader)
    return sentence.charAt(0).toLowerCase() + sentence.slice(1).replace(/\.$/, '')
  }
}
