import { hash } from 'node:crypto'

/** A message as DKIM reads it: the last field of each name, names in lower case, and the body. Bytes are characters. */
export function fieldsOf(raw: Buffer): { fields: Map<string, string>; body: Buffer } {
  const end = raw.indexOf('\r\n\r\n')
  const head = raw.toString('latin1', 0, end < 0 ? raw.length : end)
  const fields = new Map<string, string>()
  for (const field of head.split(/\r\n(?![ \t])/)) {
    fields.set(field.slice(0, field.indexOf(':')).trim().toLowerCase(), field)
  }
  return { fields, body: end < 0 ? raw.subarray(raw.length) : raw.subarray(end + 4) }
}

/** One header field in relaxed form (RFC 6376 3.4.2). */
export function relaxedField(field: string): string {
  const colon = field.indexOf(':')
  const value = field.slice(colon + 1).replaceAll('\r\n', '')
  return `${field.slice(0, colon).trim().toLowerCase()}:${oneSpace(value).replaceAll(/^ | $/g, '')}`
}

/** The hash of a body in relaxed form (RFC 6376 3.4.4), in base64. */
export function bodyHash(body: Buffer): string {
  const text = body.toString('latin1')
  return hash('sha256', isRelaxed(text) ? body : Buffer.from(relaxedBody(text), 'latin1'), 'base64')
}

// Many bodies are, and to see that takes half the time.
function isRelaxed(text: string): boolean {
  return !/[ \t]{2}|\t| \r/.test(text) && text.endsWith('\r\n') && !/^(\r\n)?\r\n$/.test(text.slice(-4))
}

function relaxedBody(text: string): string {
  const lines = oneSpace(text).replaceAll(' \r\n', '\r\n')
  let end = lines.endsWith(' ') ? lines.length - 1 : lines.length
  while (lines.endsWith('\r\n', end)) end -= 2
  return end === 0 ? '' : `${lines.slice(0, end)}\r\n`
}

// Most spaces stand alone, and are left so.
function oneSpace(text: string): string {
  return text.replaceAll(/[ \t]{2,}|\t/g, ' ')
}
