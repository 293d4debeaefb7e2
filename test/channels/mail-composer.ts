import MailComposer from 'nodemailer/lib/mail-composer'
import { type Compose, messageIdOf } from '../../activities/channels/smtp/compose.ts'
import type { SmtpSettings } from '../../activities/channels/smtp/settings.ts'

/** Mails as nodemailer writes them: what ours are held to. Unsigned. */
export function mailComposer({ from, replyTo }: SmtpSettings): Compose {
  return ({ id, toName, content, unsubscribe }, to) => {
    const mail = new MailComposer({
      from,
      to: { name: oneLine(toName ?? ''), address: to.address },
      ...(replyTo === undefined ? {} : { replyTo: { name: '', address: replyTo } }),
      subject: oneLine(content.subject ?? ''),
      messageId: messageIdOf(id, from.address),
      headers: unsubscribe ? unsubscribeHeaders(unsubscribe.url) : {},
      text: content.text ?? '',
      ...(content.html === undefined ? {} : { html: content.html }),
      textEncoding: 'quoted-printable',
    })
    return mail.compile().build()
  }
}

const unsubscribeHeaders = (url: string) => ({
  'List-Unsubscribe': { prepared: true, value: `<${new URL(url).href}>` },
  'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
})

const oneLine = (text: string): string =>
  text
    .replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replaceAll('=?', '=\u2060?')
    .trim()
