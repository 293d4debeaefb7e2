import { CHANNELS, type Channel } from '../../flow/channels/channel.ts'

/** Consents to `prizes` on these channels. */
export function granted(...channels: Channel[]): object[] {
  return channels.map((channel) => ({ topic: 'prizes', channel, state: 'granted', source: 'form' }))
}

let born = 0

/** A member who can be reached by mail and phone and allowed everything about prizes. */
export function somebody(change: object = {}) {
  const n = ++born
  const phone = `+34600${String(n).padStart(6, '0')}`
  return {
    externalId: `m-${n}`,
    email: `m-${n}@members.example`,
    phone,
    locale: 'en',
    consents: granted(...CHANNELS),
    ...change,
  }
}
