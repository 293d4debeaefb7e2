import { convert } from 'html-to-text'
import MailComposer from 'nodemailer/lib/mail-composer'
import type { Outgoing } from '../transport.ts'
import { signer } from './dkim.ts'
import type { Mailbox } from './mailbox.ts'
import type { SmtpSettings } from './settings.ts'

/** Makes the whole message as it goes over the wire, signed when a key is set. */
export type Compose = (message: Outgoing, to: Mailbox) => Promise<Buffer>

export function composer({ from, replyTo, dkim }: SmtpSettings): Compose {
  const sign = dkim ? signer(dkim) : undefined
  return async (message, to) => {
    const raw = await build({
      from,
      // Objects, never text: text is parsed as a list, and a list can hold one recipient too many.
      to: { name: oneLine(message.toName ?? ''), address: to.address },
      ...(replyTo === undefined ? {} : { replyTo: { name: '', address: replyTo } }),
      subject: oneLine(message.content.subject ?? ''),
      messageId: messageIdOf(message.id, from.address),
      headers: unsubscribeHeaders(message.unsubscribe),
      ...bodiesOf(message),
      disableFileAccess: true,
      disableUrlAccess: true,
    })
    return sign ? sign(raw) : raw
  }
}

/** The same for every attempt at a message, so that receivers, replies and bounces can be matched to it. */
export function messageIdOf(id: string, from: string): string {
  return `<${id}@${from.slice(from.lastIndexOf('@') + 1).toLowerCase()}>`
}

function build(mail: MailComposer.Options): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    new MailComposer(mail).compile().build((error, raw) => (error ? reject(error) : resolve(raw)))
  })
}

function bodiesOf({ content }: Outgoing): { text: string; html?: string } {
  const { html } = content
  const text = content.text ?? convert(html ?? '')
  return html === undefined ? { text } : { text, html }
}

// One field each (RFC 8058). `prepared`: a folded URL has broken signatures further down the line (nodemailer #1654).
function unsubscribeHeaders(unsubscribe: Outgoing['unsubscribe']): MailComposer.Options['headers'] {
  if (!unsubscribe) return {}
  return {
    'List-Unsubscribe': { prepared: true, value: `<${new URL(unsubscribe.url).href}>` },
    'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
  }
}

// Text that looks like an encoded word would be decoded by the reader, whatever it hides: a word joiner stops that.
function oneLine(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replaceAll('=?', '=\u2060?')
    .trim()
}
