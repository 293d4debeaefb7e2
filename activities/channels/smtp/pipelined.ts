import type { Socket } from 'node:net'
import type { Connected } from './connect.ts'
import { dotted } from './dotted.ts'
import { type Handed, type SmtpError, smtpError } from './fault.ts'
import { type Carried, envelopeOf } from './letter.ts'
import { replyReader } from './replies.ts'
import type { Dialogue, Session } from './session.ts'
import { type Ended, Transaction } from './transaction.ts'

/** Our own dialogue: an envelope in one write, then each body in one write with the envelope that comes after it. */
export function pipelined(connected: Connected, dialogue: Dialogue): Session {
  return new Pipeline(connected, dialogue)
}

interface Begun {
  letter: Carried
  transaction: Transaction
}

/**
 * One letter is at the head, and at most one more has its envelope behind the head's final dot. Only the head can be
 * in doubt: no body is written before the server asked for it.
 */
class Pipeline implements Session {
  open = true
  taken = 0
  readonly abilities
  readonly #connection
  readonly #socket: Socket
  readonly #feed
  readonly #late: NodeJS.Timeout
  #head: Begun | undefined
  #ahead: Begun | undefined
  /** The last transaction ended before its body, so the next begins with a reset. */
  #unsettled = false
  /** Told when the reset that was written is answered. */
  #resetting: (() => void) | undefined

  constructor({ connection, abilities }: Connected, { feed, timeoutMs }: Dialogue) {
    this.abilities = abilities
    this.#connection = connection
    const { _socket: socket } = connection
    this.#socket = socket as Socket // it is connected, so there is one
    this.#feed = feed
    this.#late = setTimeout(() => this.#overdue(), timeoutMs).unref()
    const read = replyReader((reply) => this.#hear(reply))
    const endless = smtpError('EPROTOCOL', 'A reply without end')
    // From here on replies are ours; errors, time-outs and the end of the socket stay nodemailer's to report.
    this.#socket.removeAllListeners('data')
    this.#socket.on('data', (chunk) => read(chunk) || this.#cut(endless))
    connection.on('error', (error: SmtpError) => this.#lose(error))
    connection.on('end', () => this.#lose(smtpError('ECONNECTION', 'Connection closed unexpectedly')))
  }

  wake(): void {
    if (this.open && !this.#head && !this.#resetting) this.#next()
  }

  refresh(): Promise<void> {
    return new Promise((resolve) => {
      if (!this.open) return resolve()
      this.#resetting = resolve
      this.#socket.write('RSET\r\n')
    })
  }

  quit(): void {
    if (this.open) this.#socket.write('QUIT\r\n')
    this.#cut(smtpError('ECONNECTION', 'Closed by this side'))
  }

  /** Goes on with the letter whose envelope is under way, else with a fresh one, else rests. */
  #next(): void {
    if (!this.open) return
    this.#head = this.#ahead
    this.#ahead = undefined
    this.#late.refresh()
    if (this.#head) return
    this.#head = this.#begun(this.#feed.next(this))
    if (!this.#head) return this.#feed.rests(this)
    const reset = this.#unsettled ? 'RSET\r\n' : ''
    if (this.#unsettled) this.#resetting = () => {}
    this.#unsettled = false
    this.#socket.write(reset + envelopeOf(this.#head.letter, this.abilities))
  }

  #begun(letter: Carried | undefined): Begun | undefined {
    if (!letter) return undefined
    this.taken += 1
    return { letter, transaction: new Transaction() }
  }

  #hear(reply: string): void {
    if (!this.open) return
    if (this.#resetting && reply.startsWith('2')) return this.#reset(this.#resetting)
    const dismissed = reply.startsWith('421')
    const turn = this.#resetting && !dismissed ? undefined : this.#head?.transaction.hears(reply)
    if (turn === undefined) this.#cut(smtpError('ECONNECTION', reply))
    else if (turn === 'body') void this.#send()
    else if (turn === 'dot') this.#socket.write('.\r\n')
    else if (turn !== 'wait') this.#end(turn)
  }

  #reset(told: () => void): void {
    this.#resetting = undefined
    told()
  }

  /** The body; its last piece, with the dot, takes the next envelope along. */
  async #send(): Promise<void> {
    if (!this.#head) return
    const { letter, transaction } = this.#head
    let rest = dotted(letter.raw)
    for (; rest.length > PIECE; rest = rest.subarray(PIECE)) {
      if (!this.#socket.write(rest.subarray(0, PIECE))) await drained(this.#socket)
      if (!this.open) return
    }
    this.#ahead = this.#begun(this.#feed.nextBehind(this))
    transaction.writesDot()
    const envelope = this.#ahead ? envelopeOf(this.#ahead.letter, this.abilities) : ''
    this.#socket.cork()
    this.#socket.write(rest)
    this.#socket.write(`.\r\n${envelope}`)
    this.#socket.uncork()
  }

  #end({ handed, after }: Ended): void {
    const head = this.#head
    this.#head = undefined
    this.#unsettled = after === 'reset'
    if (head) this.#release(head, handed, after === 'cut' && this.taken > 1)
    if (after === 'cut') this.#cut(smtpError('ECONNECTION', 'Closed by this side'))
    else this.#next()
  }

  /** A server may end a connection between two messages, and then the one that was to come goes on elsewhere. */
  #release({ letter, transaction }: Begun, handed: Handed, between: boolean): void {
    if (between && transaction.unheard) this.#feed.back(this, letter, handed)
    else letter.settle(handed)
  }

  #overdue(): void {
    if (this.#head) this.#cut(smtpError('ETIMEDOUT', 'Timeout'))
  }

  #cut(error: SmtpError): void {
    this.#lose(error)
    this.#connection.close()
  }

  /** The connection is of no more use; what surely was not taken goes back. */
  #lose(error: SmtpError): void {
    if (!this.open) return
    this.open = false
    clearTimeout(this.#late)
    this.#resetting?.()
    const head = this.#head
    const ahead = this.#ahead
    this.#head = this.#ahead = undefined
    // A server that hangs instead of ending the connection has had its chance.
    const between = this.taken > 1 && error.code !== 'ETIMEDOUT'
    if (head) this.#release(head, head.transaction.loses(error), between)
    if (ahead) this.#release(ahead, ahead.transaction.loses(error), true)
    this.#feed.ended(this)
  }
}

/** A long body goes out in pieces of this size, no faster than the server takes them. */
const PIECE = 65_536

// A socket that is destroyed never drains: the wait is then forgotten with it.
function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('drain', () => resolve()))
}
