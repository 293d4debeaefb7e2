import { html } from './html.ts'
import { page } from './page.ts'
import type { Words } from './words.ts'

/** For a link whose message or member was deleted. */
export function gone(words: Words): string {
  return notice(words, [words.goneTitle, words.goneText])
}

/** For a link that was never ours, or was cut off. */
export function unknown(words: Words): string {
  return notice(words, [words.unknownTitle, words.unknownText])
}

function notice(words: Words, [title, text]: [string, string]): string {
  return page({
    words,
    title,
    body: html`<h1>${title}</h1>
      <p>${text}</p>`,
  })
}
