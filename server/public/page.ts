import { createHash } from 'node:crypto'
import { html, Html } from './html.ts'
import { icon } from './icons.ts'
import { STYLE } from './style.ts'
import type { Words } from './words.ts'

const styleHash = createHash('sha256').update(STYLE).digest('base64')

/** No script runs on these pages, nothing is loaded from anywhere, and forms go back to where they came from. */
export const PAGE_HEADERS = {
  'content-security-policy': `default-src 'none'; style-src 'sha256-${styleHash}'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  'x-robots-tag': 'noindex',
}

// One piece, not markup between tags: a formatter that moved its white space would take the hash's meaning away.
const STYLE_ELEMENT = new Html(`<style>${STYLE}</style>`)

/** A whole page for a member. */
export function page({
  words,
  title,
  workspace,
  body,
}: {
  words: Words
  title: string
  workspace?: string
  body: Html
}): string {
  return html`<!doctype html>
    <html lang="${words.language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        ${STYLE_ELEMENT}
      </head>
      <body>
        <main>
          <header>${icon('mark')}${workspace ?? ''}</header>
          ${body}
        </main>
      </body>
    </html> `.text
}
