import { domainToASCII } from 'node:url'
import { textOfHtml } from '../../render/content-text.ts'
import type { Piece } from '../piece.ts'
import type { Outgoing } from '../transport.ts'
import { signer } from './dkim.ts'
import { displayName, headerText } from './header-text.ts'
import { type Mailbox, parseMailbox } from './mailbox.ts'
import { quotedPrintable } from './quoted-printable.ts'
import type { SmtpSettings } from './settings.ts'

/** Makes the whole message as it goes over the wire, signed when a key is set. */
export type Compose = (message: Outgoing, to: Mailbox) => Promise<Buffer>

export function composer(settings: SmtpSettings): Compose {
  const write = writer(settings)
  const international = [settings.from.address, settings.replyTo ?? ''].some(
    (address) => !ASCII.test(address),
  )
  const sign = settings.dkim && signer(settings.dkim)
  return async (message, to) => {
    // What is known to be ASCII is copied in half the time.
    const raw = Buffer.from(write(message, to), to.international || international ? 'utf8' : 'latin1')
    return sign ? sign(raw) : raw
  }
}

/** The same for every attempt at a message, so that receivers, replies and bounces can be matched to it. */
export function messageIdOf(id: string, from: string): string {
  const domain = from.slice(from.lastIndexOf('@') + 1)
  return `<${id.replaceAll(/[^\w.-]/g, '')}@${ASCII.test(domain) ? domain.toLowerCase() : domainToASCII(domain)}>`
}

const ASCII = /^[!-~]*$/

/** All is ASCII but for an address that is not, and no line begins with a dot. */
function writer({ from, replyTo }: SmtpSettings): (message: Outgoing, to: Mailbox) => string {
  const ours = [
    `From: ${mailbox(from.name, asciiDomain(from.address))}`,
    ...(replyTo === undefined ? [] : [`Reply-To: ${asciiDomain(replyTo)}`]),
    'MIME-Version: 1.0',
  ].join('\r\n')
  return (message, to) =>
    `${ours}\r\nTo: ${mailbox(message.toName ?? '', to.address)}\r\n` +
    subjectField(message.content.subject ?? '') +
    `Message-ID: ${messageIdOf(message.id, from.address)}\r\nDate: ${date(Date.now())}\r\n` +
    unsubscribeFields(message.unsubscribe) +
    body(message)
}

function subjectField(subject: string): string {
  const text = headerText(subject, 'Subject: '.length)
  return text && `Subject: ${text}\r\n`
}

function mailbox(name: string, address: string): string {
  const shown = name && displayName(name)
  return shown === '' ? address : `${shown}${shown.startsWith('=?') ? '\r\n ' : ' '}<${address}>`
}

function asciiDomain(address: string): string {
  return parseMailbox(address)?.address ?? address // settings hold nothing else
}

/** Formatted once a second: the messages of that second share it. */
function date(now: number): string {
  const second = Math.floor(now / 1_000)
  if (second !== dated.second) {
    dated.second = second
    dated.text = new Date(second * 1_000).toUTCString().replace('GMT', '+0000')
  }
  return dated.text
}
const dated = { second: Number.NaN, text: '' }

// One field each (RFC 8058). Never folded: a folded URL has broken signatures further down the line (nodemailer #1654).
function unsubscribeFields(unsubscribe: Outgoing['unsubscribe']): string {
  if (!unsubscribe) return ''
  const address = `List-Unsubscribe: <${new URL(unsubscribe.url).href}>`
  return `${address}\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n`
}

/** Never part of a text in quoted-printable (RFC 2045 6.7). */
const BOUNDARY = '=_fanfare'

function body({ content, pieces }: Outgoing): string {
  const plain = part('plain', content.text ?? textOfHtml(content.html ?? ''), pieces?.text)
  const html = part('html', content.html, pieces?.html)
  if (!plain || !html) return `${plain || html}\r\n`
  const next = `\r\n--${BOUNDARY}`
  return `Content-Type: multipart/alternative; boundary="${BOUNDARY}"\r\n${next}\r\n${plain}${next}\r\n${html}${next}--\r\n`
}

function part(kind: 'plain' | 'html', text: string | undefined, pieces?: readonly Piece[]): string {
  if (!text) return ''
  const fields = `Content-Type: text/${kind}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable`
  return `${fields}\r\n\r\n${quotedPrintable(pieces ?? [text])}`
}
