/** The channels a member can be reached on, in the order shown to people when nothing else orders them. */
export const CHANNELS = ['email', 'sms', 'whatsapp', 'telegram', 'push', 'voice'] as const
export type Channel = (typeof CHANNELS)[number]

/** What an address is, apart from the channels that use it: one phone serves three. */
export type AddressKind = 'email' | 'phone' | 'telegram' | 'push'

/** How far a message can get, in order; a channel reports some of them (`CHANNEL_SPECS`). */
export const REACHED = ['sent', 'delivered', 'read', 'clicked'] as const
export type Reached = (typeof REACHED)[number]
