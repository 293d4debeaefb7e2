import type { RenderedContent } from '../../activities/channels/transport.ts'
import { html } from './html.ts'
import { page } from './page.ts'
import type { Words } from './words.ts'

// A mail is somebody else's page: it may show pictures and style itself, and its links open; nothing else runs.
export const MAIL_HEADERS = {
  'content-security-policy':
    "default-src 'none'; img-src https: http: data:; style-src 'unsafe-inline'; font-src https:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation",
  'x-robots-tag': 'noindex',
}

/** A message without HTML, in words. */
export function messagePage(content: RenderedContent, words: Words): string {
  const title = content.subject ?? content.title ?? ''
  const text = content.text ?? content.body ?? content.say ?? ''
  const body = html`${title !== '' && html`<h1>${title}</h1>`}${text.split('\n').map((line) => html`<p>${line}</p>`)}`
  return page({ words, title, body })
}
