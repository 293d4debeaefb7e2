import { buffer } from 'node:stream/consumers'
import DKIM from 'nodemailer/lib/dkim'
import type { SmtpSettings } from './settings.ts'

// nodemailer's own list leaves List-Unsubscribe-Post out; unsigned, it does not count as one-click (RFC 8058 4).
const SIGNED_FIELDS = [
  'From:Sender:Reply-To:Subject:Date:Message-ID:To:Cc:MIME-Version:Content-Type:Content-Transfer-Encoding',
  'List-Id:List-Unsubscribe:List-Unsubscribe-Post:Feedback-ID:Auto-Submitted',
].join(':')

/** Signs whole messages. */
export function signer({
  domain,
  selector,
  privateKey,
}: NonNullable<SmtpSettings['dkim']>): (raw: Buffer) => Promise<Buffer> {
  const dkim = new DKIM({
    domainName: domain,
    keySelector: selector,
    privateKey,
    headerFieldNames: SIGNED_FIELDS,
  })
  return (raw) => buffer(dkim.sign(raw))
}
