import type { Purpose } from './token-keys.ts'

/** What a token names, by numbers alone: it holds no personal data. */
export interface TokenPayloads {
  unsubscribe: { workspace: number; message: number }
  preferences: { workspace: number; member: number }
  view: { workspace: number; message: number }
  /** `link` counts the tracked links of the message in the order they were written, from 0. */
  click: { workspace: number; message: number; link: number }
  open: { workspace: number; message: number }
}

const FIELDS = {
  unsubscribe: ['workspace', 'message'],
  preferences: ['workspace', 'member'],
  view: ['workspace', 'message'],
  click: ['workspace', 'message', 'link'],
  open: ['workspace', 'message'],
} as const satisfies { [P in Purpose]: readonly (keyof TokenPayloads[P])[] }

/** Beyond these there is nobody and nothing. */
const LIMITS: Record<string, number> = { workspace: 2 ** 31, link: 2 ** 31 }

/** The key's byte, and the payload in base-128 numbers: ten bytes where JSON would take fifty. As base64url. */
export function packPayload<P extends Purpose>(purpose: P, payload: TokenPayloads[P], key: number): string {
  const values = payload as Record<string, number> // every payload is a record of numbers
  const bytes = [key]
  for (const field of FIELDS[purpose]) putVarint(bytes, values[field] ?? 0)
  return Buffer.from(bytes).toString('base64url')
}

/** Undefined when the bytes are not exactly one payload of this purpose. */
export function unpackPayload<P extends Purpose>(
  purpose: P,
  bytes: Uint8Array,
): TokenPayloads[P] | undefined {
  const values = numbers(bytes)
  const fields: readonly string[] = FIELDS[purpose]
  if (values?.length !== fields.length) return undefined
  if (fields.some((field, n) => (values[n] ?? 0) >= (LIMITS[field] ?? Infinity))) return undefined
  const payload = Object.fromEntries(fields.map((field, n) => [field, values[n]]))
  return payload as unknown as TokenPayloads[P] // its fields are exactly those of the purpose
}

function putVarint(bytes: number[], value: number): void {
  let rest = value
  // Division, not shifts: ids pass 32 bits.
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128)
  bytes.push(rest)
}

function numbers(bytes: Uint8Array): number[] | undefined {
  const values: number[] = []
  let value = 0
  let unit = 1
  for (const byte of bytes) {
    value += (byte % 128) * unit
    unit *= 128
    if (!Number.isSafeInteger(value)) return undefined
    if (byte < 128) {
      values.push(value)
      value = 0
      unit = 1
    }
  }
  return unit === 1 ? values : undefined
}
