import { openSmtp } from '../../activities/channels/smtp.ts'
import { openTransport } from '../../activities/channels/registry.ts'
import type { Channel } from '../../flow/channels/channel.ts'
import { conformsToTransport } from './conformance.ts'
import { startMailServer, type Script } from './doubles/mail-server.ts'
import { IMPATIENT, mailSettings, outgoing } from './messages.ts'

const SCRIPTS: Record<string, Script> = {
  accepted: {},
  slow: { dot: { afterMs: 20 } },
  rejected: { rcpt: { code: 550, text: '5.1.1 No such user' } },
  'not-sent': { rcpt: 'drop' },
  unknown: { dot: 'drop' },
}

conformsToTransport('smtp', async () => {
  const server = await startMailServer()
  return {
    open: () => openSmtp(mailSettings(server.port), IMPATIENT),
    arrange(outcome, message) {
      server.script = SCRIPTS[outcome] ?? {}
      return message
    },
    message: () => outgoing(),
    attempts: () => server.recipients.length,
    close: () => server.close(),
  }
})

const ADDRESSES: Record<'email' | 'sms', Record<string, string>> = {
  email: {
    rejected: 'ada+sim-content@example.org',
    'not-sent': 'sim-not-sent@example.org',
    unknown: 'sim-unknown@x.org',
  },
  sms: { rejected: '+15005550015', 'not-sent': '+15005550011', unknown: '+15005550013' },
}

for (const channel of ['email', 'sms'] as const satisfies Channel[]) {
  conformsToTransport(`simulator for ${channel}`, async () => ({
    open: () => {
      const stored = { kind: 'simulator', settings: { auto: { latency: 'PT0.02S' } }, secrets: {} }
      return openTransport(stored, { channel, publicUrl: 'http://127.0.0.1:3000' })
    },
    arrange: (outcome, message) => ({ ...message, to: ADDRESSES[channel][outcome] ?? message.to }),
    message: () => outgoing({ channel, to: channel === 'sms' ? '+491701234567' : 'ada@example.org' }),
    close: async () => {},
  }))
}
