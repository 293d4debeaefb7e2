import type { Channel } from './channels/channel.ts'
import type { ConsentFact, MemberFacts } from './facts.ts'

/** What an update step does to its member, every reference resolved. */
export interface Change {
  /** By path among the attributes; null clears. */
  set: { keys: string[]; value: unknown }[]
  addTags: string[]
  removeTags: string[]
  consent: Said | null
}

interface Said {
  topic: string
  channel: Channel
  state: 'granted' | 'revoked'
  source: string
  wording: string
}

/** The member after a change; the facts given stay as they were. */
export function changed(member: MemberFacts, change: Change, now: number): MemberFacts {
  const { set, addTags, removeTags, consent } = change
  const tags = new Set(member.tags)
  for (const tag of addTags) tags.add(tag)
  for (const tag of removeTags) tags.delete(tag)
  return {
    ...member,
    attributes: set.reduce((all, { keys, value }) => asRecord(placed(all, keys, value)), member.attributes),
    tags: [...tags],
    consents: consent ? said(member.consents, consent, now) : member.consents,
  }
}

/** What a flow records is said now, so it takes the place of whatever was said before. */
function said(consents: ConsentFact[], { topic, channel, state, source }: Said, at: number): ConsentFact[] {
  const others = consents.filter((one) => one.topic !== topic || one.channel !== channel)
  return [...others, { topic, channel, state, source, at }]
}

/** A copy with the value at this path: in the lists that there are, and in objects, which are made where none is. */
function placed(at: unknown, [key, ...rest]: string[], value: unknown): unknown {
  if (key === undefined) return value
  if (Array.isArray(at) && /^\d+$/.test(key) && Number(key) < at.length) {
    return at.with(Number(key), placed(at[Number(key)], rest, value))
  }
  const record = asRecord(at)
  const before = Object.hasOwn(record, key) ? record[key] : undefined
  if (value === null && before === undefined) return at
  const after = placed(before, rest, value)
  if (after !== null) return { ...record, [key]: after }
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== key))
}

function asRecord(value: unknown): Record<string, unknown> {
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isRecord ? (value as Record<string, unknown>) : {} // an object that is no list, from JSON
}
