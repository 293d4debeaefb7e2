import { type Fault, type Handed, refusal, type SmtpError, smtpError } from './fault.ts'
import type { Stage } from './reply.ts'

/** What a reply asks for: nothing yet, the body, a lone dot, or the end of the transaction. */
export type Turn = 'wait' | 'body' | 'dot' | Ended

export interface Ended {
  handed: Handed
  /** What becomes of the connection. */
  after: 'next' | 'reset' | 'cut'
}

/**
 * One message's MAIL, RCPT and DATA, written together and answered in this order (RFC 2920), then its body. Takes
 * replies, says what to do; writes nothing itself.
 */
export class Transaction {
  /** What the next reply answers. */
  #stage: Stage = 'sender'
  /** What the envelope was refused with first. */
  #refused: Fault | undefined
  #recipientTaken = false
  #heard = false
  #dotWritten = false

  /** The server has not said a word about it; 421 in its place is about the connection. */
  get unheard(): boolean {
    return !this.#heard
  }

  /** From here on only an answer tells whether the server has the message. */
  writesDot(): void {
    this.#dotWritten = true
  }

  hears(reply: string): Turn {
    const dismissed = reply.startsWith('421')
    this.#heard ||= !dismissed
    if (dismissed) return { handed: this.#refusedBy(reply), after: 'cut' }
    if (!/^[2-5]\d\d/.test(reply)) return this.#cut(strange(reply))
    if (this.#stage === 'data') return this.#invited(reply)
    if (this.#stage === 'body') return this.#answered(reply)
    const taken = reply.startsWith('2')
    if (!taken) this.#refusedBy(reply)
    this.#recipientTaken = taken
    this.#stage = this.#stage === 'sender' ? 'recipient' : 'data'
    return 'wait'
  }

  /** The connection is gone, and no answer comes any more. */
  loses(error: SmtpError): Handed {
    return { fault: this.#refused ?? { stage: 'connect', inDoubt: this.#dotWritten, error } }
  }

  /** DATA went out before the envelope was answered: what was refused gets no body. */
  #invited(reply: string): Turn {
    if (!/^[23]/.test(reply)) return { handed: this.#refusedBy(reply), after: 'reset' }
    this.#stage = 'body'
    if (!this.#refused) return 'body'
    // Invited all the same: a dot ends the message to nobody. One that has a recipient must not come to its dot.
    return this.#recipientTaken ? { handed: { fault: this.#refused }, after: 'cut' } : 'dot'
  }

  #answered(reply: string): Turn {
    if (this.#refused) return { handed: { fault: this.#refused }, after: 'next' }
    if (/^[45]/.test(reply))
      return { handed: this.#refusedBy(reply), after: this.#dotWritten ? 'next' : 'cut' }
    if (reply.startsWith('2') && this.#dotWritten) return { handed: { reply }, after: 'next' }
    return this.#cut(strange(reply))
  }

  #refusedBy(reply: string): Handed {
    this.#refused ??= refusal(this.#stage, reply)
    return { fault: this.#refused }
  }

  #cut(error: SmtpError): Ended {
    return { handed: this.loses(error), after: 'cut' }
  }
}

function strange(reply: string): SmtpError {
  return smtpError('EPROTOCOL', `A reply out of place: ${reply}`)
}
