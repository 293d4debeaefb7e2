import type { Preferences, PreferenceChange } from '../../db/preferences.ts'
import type { Channel } from '../../flow/channels/channel.ts'
import type { Words } from './words.ts'

/** A topic and a channel as one form value. */
export const pairOf = (topic: string, channel: string): string => JSON.stringify([topic, channel])

/**
 * What a submitted form changes. Only pairs that the page offers count, and of those only what differs from what the
 * member saw: a form that was open for a day does not undo what happened meanwhile.
 */
export function readPreferenceForm(
  body: string,
  { preferences, words }: { preferences: Preferences; words: Words },
): PreferenceChange {
  const fields = new URLSearchParams(body)
  const on = new Set(fields.getAll('on'))
  const wasOn = new Set(fields.getAll('was-on'))
  const wasOff = new Set(fields.getAll('was-off'))
  const act = fields.get('act')
  const consents = offered(preferences).flatMap(({ topic, topicName, channel }) => {
    const pair = pairOf(topic, channel)
    const wanted =
      paused(topic, act) ?? chosen({ on: on.has(pair), wasOn: wasOn.has(pair), wasOff: wasOff.has(pair) })
    if (wanted === null) return []
    const wording =
      topic === '*' ? aboutChannel(words, channel, act) : words.wording(topicName, words.channel[channel])
    return [{ topic, channel, state: wanted ? ('granted' as const) : ('revoked' as const), wording }]
  })
  return { member: preferences.member, order: moved(fields, preferences), consents }
}

function offered({
  channels,
  topics,
}: Preferences): { topic: string; topicName: string; channel: Channel }[] {
  const all = [{ key: '*', name: '*' }, ...topics]
  return all.flatMap(({ key, name }) =>
    channels.map(({ channel }) => ({ topic: key, topicName: name, channel })),
  )
}

/** Pausing switches the channels off and leaves the topics as they are chosen. */
function paused(topic: string, act: string | null): boolean | null {
  if (topic !== '*') return null
  return act === 'pause' ? false : act === 'resume' ? true : null
}

/** What stood beside the switch or the button that was used. */
function aboutChannel(words: Words, channel: Channel, act: string | null): string {
  if (act === 'pause') return `${words.pauseTitle}: ${words.pauseText}`
  return act === 'resume' ? words.resume : `${words.useIt}: ${words.channel[channel]}`
}

function chosen({ on, wasOn, wasOff }: { on: boolean; wasOn: boolean; wasOff: boolean }): boolean | null {
  if (on && wasOff) return true
  return !on && wasOn ? false : null
}

/** The order the page showed with one channel moved; null when none was. */
function moved(fields: URLSearchParams, { channels }: Preferences): Channel[] | null {
  const [name, way] = (fields.get('move') ?? '').split(' ')
  const reach = channels.map((one) => one.channel)
  const shown = (fields.get('order') ?? '').split(' ')
  const order = [...new Set([...reach.filter((one) => shown.includes(one)).toSorted(by(shown)), ...reach])]
  const from = order.findIndex((channel) => channel === name)
  const to = from + (way === 'up' ? -1 : 1)
  const [channel, other] = [order[from], order[to]]
  if (!channel || !other) return null
  return order.with(to, channel).with(from, other)
}

const by = (order: string[]) => (a: string, b: string) => order.indexOf(a) - order.indexOf(b)
