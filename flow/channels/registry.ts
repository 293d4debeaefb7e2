import type { ChannelSpec } from './channel-spec.ts'
import type { Channel } from './channel.ts'
import { email } from './email.ts'
import { push } from './push.ts'
import { sms } from './sms.ts'
import { telegram } from './telegram.ts'
import { voice } from './voice.ts'
import { whatsapp } from './whatsapp.ts'

/** Every channel, once. */
export const CHANNEL_SPECS = { email, sms, whatsapp, telegram, push, voice } satisfies Record<
  Channel,
  ChannelSpec
>
