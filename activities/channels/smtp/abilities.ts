/** What a server announced in its answer to EHLO, as far as a hand-over cares. */
export interface Abilities {
  /** Takes commands without waiting for the answers in between (RFC 2920). */
  pipelining: boolean
  /** Takes addresses with letters beyond ASCII (RFC 6531). */
  utf8: boolean
  /** Wants to hear the size of a message beforehand (RFC 1870). */
  size: boolean
  /** The largest message it takes; 0 where it names none. */
  mostBytes: number
}

export function abilitiesOf(ehlo: string): Abilities {
  const size = /^\d{3}[ -]SIZE(?:[ \t]+(\d+))?/im.exec(ehlo)
  return {
    pipelining: /^\d{3}[ -]PIPELINING\b/im.test(ehlo),
    utf8: /^\d{3}[ -]SMTPUTF8\b/im.test(ehlo),
    size: size !== null,
    mostBytes: Number(size?.[1] ?? 0),
  }
}
