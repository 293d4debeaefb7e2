import { type Fault, type Handed, smtpError } from './fault.ts'
import { type Carried, type Letter, unfit } from './letter.ts'
import { pressureOf } from './pressure.ts'
import { restingSessions } from './resting.ts'
import type { Feed, Session } from './session.ts'
import { stamina } from './stamina.ts'

/** The connections to one mail server. */
export interface Sessions {
  /** Hands a letter over as soon as a connection can take it. Never rejects. */
  carry(letter: Letter): Promise<Handed>
  /** Ends every connection once the letters given so far are settled. */
  close(): Promise<void>
}

type Open = (feed: Feed) => Promise<{ session: Session } | { fault: Fault }>

/** At most `limit` connections, opened as they are needed. */
export function sessionsOf(open: Open, limit: number): Sessions {
  return new Pool(open, limit)
}

/** How long a letter waits for a server that asks for time, before it is given back. */
const PATIENCE_MS = 30_000
/** How often a letter may be on a connection that ends before a word was said about it. */
const RETURNS = 3

/** All connections fetch from one queue: none idles while letters wait, and a slow one holds up no more than its own. */
class Pool implements Sessions, Feed {
  readonly #connect
  /** How the server takes letters, and how it takes connections. */
  readonly #pressure
  readonly #doors
  readonly #stamina = stamina()
  readonly #resting = restingSessions()
  readonly #open = new Set<Session>()
  readonly #waiting: Carried[] = []
  readonly #closed = Promise.withResolvers<void>()
  #closing = false
  #opening = 0
  #unsettled = 0
  #timer: NodeJS.Timeout | undefined

  constructor(open: Open, limit: number) {
    this.#connect = open
    this.#pressure = pressureOf(limit)
    this.#doors = pressureOf(limit)
  }

  carry(letter: Letter): Promise<Handed> {
    return new Promise((resolve) => {
      const settle = (handed: Handed): void => {
        this.#pressure.heed(handed, performance.now())
        resolve(handed)
        this.#unsettled -= 1
        if (this.#closing) this.#endIfDone()
      }
      this.#unsettled += 1
      this.#waiting.push({ ...letter, settle, since: performance.now(), returned: 0 })
      this.#stir()
    })
  }

  close(): Promise<void> {
    this.#closing = true
    this.#stir()
    this.#endIfDone()
    return this.#closed.promise
  }

  next(session: Session): Carried | undefined {
    const { most } = this.#stamina
    if (session.taken >= most || this.#busy > this.#pressure.allowed || this.#pauseMs > 0) return undefined
    for (let letter = this.#waiting.shift(); letter; letter = this.#waiting.shift()) {
      const fault = unfit(letter, session.abilities)
      if (!fault) return letter
      letter.settle({ fault })
    }
    return undefined
  }

  // While another connection can be had, nobody is made to wait for an answer that may be slow.
  nextBehind(session: Session): Carried | undefined {
    const others = this.#resting.size > 0 || (this.#open.size < this.#pressure.allowed && this.#shutMs === 0)
    return others ? undefined : this.next(session)
  }

  back(session: Session, letter: Carried, handed: Handed): void {
    const said = 'fault' in handed && handed.fault.reply !== undefined
    this.#stamina.ended(session.taken - 1, said)
    if (said) this.#pressure.heed(handed, performance.now())
    if (letter.returned >= RETURNS) return letter.settle(handed)
    letter.returned += 1
    this.#waiting.unshift(letter)
  }

  rests(session: Session): void {
    const worn = session.taken >= this.#stamina.most
    if (worn) this.#stamina.lasted()
    if (worn || this.#done || this.#open.size > this.#pressure.allowed) session.quit()
    else this.#resting.add(session)
    this.#stir()
  }

  ended(session: Session): void {
    if (!this.#open.delete(session)) return
    this.#resting.drop(session)
    this.#stir()
  }

  get #busy(): number {
    return this.#open.size - this.#resting.size
  }

  get #pauseMs(): number {
    return this.#pressure.pause(performance.now())
  }

  get #shutMs(): number {
    return this.#doors.pause(performance.now())
  }

  get #done(): boolean {
    return this.#closing && this.#unsettled === 0
  }

  /** Sets on the waiting letters whoever may carry them now. */
  #stir(): void {
    if (this.#pauseMs === 0) this.#wake()
    const ms = Math.max(this.#pauseMs, this.#shutMs)
    if (this.#waiting.length === 0) return
    if (ms > 0) this.#sitOut(ms)
    else this.#grow()
  }

  #wake(): void {
    while (this.#waiting.length > 0 && this.#busy < this.#pressure.allowed) {
      const session = this.#resting.take()
      if (!session) return
      session.wake()
    }
  }

  /** As many again as there are, with every connection that succeeds: a few letters need only a few. */
  #grow(): void {
    const room = Math.min(Math.max(1, this.#open.size), this.#pressure.allowed - this.#open.size)
    for (let n = Math.min(this.#waiting.length, room) - this.#opening; n > 0; n -= 1) void this.#add()
  }

  async #add(): Promise<void> {
    this.#opening += 1
    const opened = await this.#connect(this).catch((error) => ({ fault: ourFault(error) }))
    this.#opening -= 1
    if ('session' in opened) {
      this.#open.add(opened.session)
      this.#doors.heed({ reply: '' }, performance.now())
      return this.rests(opened.session)
    }
    this.#doors.ease(performance.now())
    // Else those that are open carry what waits: many servers take only so many connections of one client.
    if (this.#open.size === 0 && this.#opening === 0) this.#giveBack(this.#waiting.length, opened.fault)
    this.#stir()
  }

  #sitOut(ms: number): void {
    if (this.#pauseMs > 0 || this.#open.size === 0) {
      const patient = performance.now() - PATIENCE_MS
      const impatient = this.#waiting.findIndex(({ since }) => since > patient)
      this.#giveBack(this.#closing || impatient < 0 ? this.#waiting.length : impatient, TOLD_TO_WAIT)
    }
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.#stir()
    }, ms)
  }

  #giveBack(count: number, fault: Fault): void {
    for (const letter of this.#waiting.splice(0, count)) letter.settle({ fault })
  }

  #endIfDone(): void {
    if (!this.#done) return
    clearTimeout(this.#timer)
    this.#resting.close()
    for (const session of this.#open) session.quit()
    this.#closed.resolve()
  }
}

const TOLD_TO_WAIT: Fault = {
  stage: 'connect',
  inDoubt: false,
  error: smtpError('EBUSY', 'The server asked for time'),
}

function ourFault(error: unknown): Fault {
  return {
    stage: 'connect',
    inDoubt: false,
    error: error instanceof Error ? error : new Error('No connection'),
  }
}
