import type { Preferences } from '../../db/preferences.ts'
import { html, type Html } from './html.ts'
import { icon } from './icons.ts'
import { page } from './page.ts'
import { pairOf } from './preference-form.ts'
import type { Words } from './words.ts'

/** How and about what a member is written to: one form that works without scripts. `savedAt` is their clock's time. */
export function preferencePage(
  preferences: Preferences,
  { words, savedAt }: { words: Words; savedAt: string | null },
): string {
  const { name, workspace, channels } = preferences
  const body = html`<h1>${words.title}</h1>
    <p>${words.lead(name)}</p>
    ${savedAt !== null && html`<p class="saved" role="status">${icon('check')}${words.saved}, ${savedAt}</p>`}
    ${channels.length === 0 ? html`<p>${words.noChannels}</p>` : form(preferences, words)}`
  return page({ words, title: words.title, workspace, body })
}

function form(preferences: Preferences, words: Words): Html {
  const { channels } = preferences
  return html`<form method="post">
    <button class="hidden" tabindex="-1" aria-hidden="true">${words.save}</button>
    <input type="hidden" name="order" value="${channels.map((one) => one.channel).join(' ')}" />
    <h2>${words.order}</h2>
    <div class="card">${channels.map((_, index) => channelRow(preferences, words, index))}</div>
    <h2>${words.topics}</h2>
    ${preferences.topics.length === 0 ? html`<p>${words.noTopics}</p>` : topicTable(preferences, words)}
    <h2>${words.pauseTitle}</h2>
    <div class="card">${pauseRow(preferences, words)}</div>
    <div class="foot"><button class="main">${words.save}</button></div>
  </form>`
}

function channelRow({ channels }: Preferences, words: Words, index: number): Html {
  const { channel, address, stopped } = channels[index]!
  const name = words.channel[channel]
  return html`<div class="row">
    <span class="rank">${index + 1}</span>${icon(channel)}
    <span class="grow">${name}<small>${masked(address)}</small></span>
    ${mover({ channel, way: 'up', label: words.up(name), off: index === 0 })}
    ${mover({ channel, way: 'down', label: words.down(name), off: index === channels.length - 1 })}
    ${box({ topic: '*', channel, on: !stopped, label: `${words.useIt}: ${name}`, kind: 'switch' })}
  </div>`
}

function mover({
  channel,
  way,
  label,
  off,
}: {
  channel: string
  way: 'up' | 'down'
  label: string
  off: boolean
}): Html {
  const disabled = off && html` disabled`
  return html`<button class="move" name="move" value="${channel} ${way}" aria-label="${label}" ${disabled}>
    ${icon(way)}
  </button>`
}

function topicTable({ channels, topics, granted }: Preferences, words: Words): Html {
  const isGranted = new Set(granted.map(({ topic, channel }) => pairOf(topic, channel)))
  return html`<div class="card wide">
    <table>
      <thead>
        <tr>
          <th scope="col"><span class="hidden">${words.topic}</span></th>
          ${channels.map(
            ({ channel }) => html`<th scope="col">${icon(channel)}${words.channel[channel]}</th>`,
          )}
        </tr>
      </thead>
      <tbody>
        ${topics.map(
          ({ key, name }) =>
            html`<tr>
              <th scope="row">${sentence(name)}</th>
              ${channels.map(({ channel }) => {
                const label = `${name}, ${words.channel[channel]}`
                const on = isGranted.has(pairOf(key, channel))
                return html`<td>${box({ topic: key, channel, on, label, kind: 'tick' })}</td>`
              })}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}

function pauseRow({ channels }: Preferences, words: Words): Html {
  const paused = channels.every((one) => one.stopped)
  const text = paused ? words.pausedText : words.pauseText
  const act = paused ? 'resume' : 'pause'
  return html`<div class="row">
    ${icon('pause')}<span class="grow note">${text}</span>
    <button name="act" value="${act}">${words[act]}</button>
  </div>`
}

interface Box {
  topic: string
  channel: string
  on: boolean
  label: string
  kind: 'switch' | 'tick'
}

/** What the page showed travels along, so that only what the member changed is stored. */
function box({ topic, channel, on, label, kind }: Box): Html {
  const pair = pairOf(topic, channel)
  const checked = on && html` checked`
  return html`<label
      ><span class="hidden">${label}</span>
      <input type="checkbox" name="on" value="${pair}" class="${kind}" ${checked}
    /></label>
    <input type="hidden" name="${on ? 'was-on' : 'was-off'}" value="${pair}" />`
}

/** Enough to recognise it, not enough to learn it: links are forwarded. */
function masked(address: string): string {
  const [local, domain] = address.split('@')
  if (domain !== undefined) return `${(local ?? '').slice(0, 1)}•••@${domain}`
  return `${address.slice(0, 3)} ••• ${address.slice(-3)}`
}

const sentence = (name: string): string =>
  name.charAt(0).toUpperCase() + name.slice(1).replaceAll(/[-_]/g, ' ')
