import type { Subscription } from '../../db/unsubscribe.ts'
import { html } from './html.ts'
import { page } from './page.ts'
import type { Words } from './words.ts'

/** Asks, with one button. `preferences` is the way to the member's own page. */
export function askToUnsubscribe(
  subscription: Subscription,
  { words, preferences }: { words: Words; preferences: string },
): string {
  const [topic, channel] = named(subscription, words)
  const title = words.unsubscribeTitle
  const body = html`<h1>${title}</h1>
    <p>${words.unsubscribeText(topic, channel)}</p>
    <form method="post">
      <button class="main" name="List-Unsubscribe" value="One-Click">${words.unsubscribe}</button>
    </form>
    <p class="foot"><a href="${preferences}">${words.choose}</a></p>`
  return page({ words, title, body })
}

/** Says that it is done. */
export function unsubscribed(
  subscription: Subscription,
  { words, preferences }: { words: Words; preferences: string },
): string {
  const [topic, channel] = named(subscription, words)
  const title = words.unsubscribedTitle
  const body = html`<h1>${title}</h1>
    <p>${words.unsubscribedText(topic, channel)}</p>
    <p class="foot"><a href="${preferences}">${words.choose}</a></p>`
  return page({ words, title, body })
}

function named({ topic, topicName, channel }: Subscription, words: Words): [string, string] {
  return [topic === '*' ? words.everything : topicName, words.channel[channel]]
}
