const CR = 13
const LF = 10
const DOT = 46

/**
 * A message as it travels after DATA, up to but without the final dot: every line ends in CRLF, and a dot at the start
 * of one is doubled (RFC 5321 4.5.2). A lone CR or LF never gets through: some servers take it for the end of a line,
 * and what follows for commands.
 */
export function dotted(raw: Buffer): Buffer {
  if (travelsAsItIs(raw)) return raw
  const lines = raw.toString('latin1').split(/\r\n|\r|\n/)
  if (lines.at(-1) === '') lines.pop()
  return Buffer.from(
    `${lines.map((line) => (line.startsWith('.') ? `.${line}` : line)).join('\r\n')}\r\n`,
    'latin1',
  )
}

// Twice `indexOf` costs 4 µs for 5 KB, a loop over the bytes 7, a pattern 14 (measured).
function travelsAsItIs(raw: Buffer): boolean {
  if (raw[0] === DOT || raw.at(-1) !== LF) return false
  let ends = 0
  for (let at = raw.indexOf(LF); at >= 0; at = raw.indexOf(LF, at + 1)) {
    if (raw[at - 1] !== CR || raw[at + 1] === DOT) return false
    ends += 1
  }
  for (let at = raw.indexOf(CR); at >= 0; at = raw.indexOf(CR, at + 1)) ends -= 1
  return ends === 0
}
