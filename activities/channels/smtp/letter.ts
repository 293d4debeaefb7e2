import { type Fault, type Handed, smtpError } from './fault.ts'
import type { Abilities } from './abilities.ts'

/** One message for one recipient, on its way to the server. */
export interface Letter {
  from: string
  to: string
  /** The recipient's name before the @ needs letters beyond ASCII. */
  international: boolean
  /** The whole message, signed. */
  raw: Buffer
}

/** A letter in the hands of the connections; `settle` is called once. */
export interface Carried extends Letter {
  settle(handed: Handed): void
  /** When it was given, by the clock of `performance`. */
  since: number
  /** How often a connection ended before the server said a word about it. */
  returned: number
}

/** Why this server cannot take the letter, known before a byte of it is written. */
export function unfit({ international, raw }: Letter, { utf8, mostBytes }: Abilities): Fault | undefined {
  if (international && !utf8) return refusedHere('ESMTPUTF8', 'The server does not announce SMTPUTF8')
  if (mostBytes && raw.length > mostBytes) return refusedHere('ESIZE', `The server takes ${mostBytes} bytes`)
  return undefined
}

/** The commands that come before a body. */
export function envelopeOf({ from, to, raw }: Letter, { utf8, size }: Abilities): string {
  const extras = `${utf8 && BEYOND_ASCII.test(from + to) ? ' SMTPUTF8' : ''}${size ? ` SIZE=${raw.length}` : ''}`
  return `MAIL FROM:<${from}>${extras}\r\nRCPT TO:<${to}>\r\nDATA\r\n`
}

const BEYOND_ASCII = /[^\0-\x7f]/

function refusedHere(code: string, message: string): Fault {
  return { stage: 'recipient', inDoubt: false, error: smtpError(code, message) }
}
