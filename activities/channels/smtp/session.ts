import type { Abilities } from './abilities.ts'
import { connect, type Target } from './connect.ts'
import type { Fault, Handed } from './fault.ts'
import type { Carried } from './letter.ts'
import { lockstep } from './lockstep.ts'
import { pipelined } from './pipelined.ts'

/** One SMTP connection. It fetches letter after letter, and rests when there is none. */
export interface Session {
  readonly open: boolean
  readonly abilities: Abilities
  /** Letters it was given so far. */
  readonly taken: number
  /** Fetches, if it rests. */
  wake(): void
  /** Shows the server that somebody is there; only while it rests. */
  refresh(): Promise<void>
  quit(): void
}

/** Where sessions get their letters, and whom they tell how they fare. */
export interface Feed {
  /** The letter to carry next, if this session shall carry one. */
  next(session: Session): Carried | undefined
  /** The same for a letter whose envelope travels with the body before it, and waits until that is answered. */
  nextBehind(session: Session): Carried | undefined
  /** Takes a letter again: the connection ended, as `handed` tells, before the server said a word about the letter. */
  back(session: Session, letter: Carried, handed: Handed): void
  rests(session: Session): void
  ended(session: Session): void
}

/** What carries letters over a connection that is ready. */
export interface Dialogue {
  feed: Feed
  /** Bounds a whole hand-over. */
  timeoutMs: number
}

/** Connects, and takes up the dialogue that the server's abilities allow. The session rests at first. */
export async function openSession(
  target: Target,
  feed: Feed,
): Promise<{ session: Session } | { fault: Fault }> {
  const connected = await connect(target)
  if ('fault' in connected) return connected
  const dialogue = connected.abilities.pipelining ? pipelined : lockstep
  return { session: dialogue(connected, { feed, timeoutMs: target.timeouts.send }) }
}
