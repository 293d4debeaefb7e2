import { domainToASCII } from 'node:url'

/** One mailbox, ready for an envelope: the domain in ASCII, the local part as it was written. */
export interface Mailbox {
  address: string
  local: string
  domain: string
  /** Needs a server with SMTPUTF8 (RFC 6531). */
  international: boolean
}

// Atoms only. Quoted local parts and address literals are legal and practically unused, and every injection known
// against mail libraries goes through quotes, comments or lists.
const LOCAL = /^[\p{L}\p{N}\p{M}!#$%&'*+\-/=?^_`{|}~]+(\.[\p{L}\p{N}\p{M}!#$%&'*+\-/=?^_`{|}~]+)*$/u
const WRITTEN_DOMAIN = /^[\p{L}\p{N}\p{M}\-.]+$/u
const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i
const MAX_LOCAL = 64 // octets, RFC 5321 4.5.3.1.1
const MAX_ADDRESS = 254 // octets, RFC 5321 4.5.3.1.3 less the angle brackets

/** The single mailbox a text says, or undefined when it says anything else: a list, a name, a header, nothing. */
export function parseMailbox(text: string): Mailbox | undefined {
  const at = text.lastIndexOf('@')
  const local = text.slice(0, at).normalize('NFC')
  const written = text.slice(at + 1)
  if (at < 1 || !LOCAL.test(local) || !WRITTEN_DOMAIN.test(written)) return undefined
  const domain = domainToASCII(written)
  const address = `${local}@${domain}`
  if (!isHostName(domain) || octets(local) > MAX_LOCAL || octets(address) > MAX_ADDRESS) return undefined
  return { address, local, domain, international: octets(local) > local.length }
}

/** A name made of labels. A last label of digits is an IP address in disguise. */
export function isHostName(domain: string): boolean {
  const labels = domain.split('.')
  return labels.every((label) => LABEL.test(label)) && !/^(\d+|0x[0-9a-f]*)$/i.test(labels.at(-1) ?? '')
}

function octets(text: string): number {
  return Buffer.byteLength(text, 'utf8')
}
