import { randomUUID } from 'node:crypto'
import type { Channel } from '../../flow/channels/channel.ts'
import { openTransport, type StoredTransport } from './registry.ts'
import type { Surroundings } from './transport-kind.ts'
import type { Outcome, RenderedContent } from './transport.ts'

/** One real message over a connection of its own, to see with the provider's words whether a transport works. */
export async function testSend(
  stored: StoredTransport,
  where: Surroundings & { to: string },
): Promise<Outcome> {
  const transport = openTransport(stored, where)
  const message = {
    id: `test_${randomUUID()}`,
    channel: where.channel,
    to: where.to,
    toName: null,
    unsubscribe: null,
  }
  try {
    return await transport.send({ ...message, content: CONTENT[where.channel] })
  } finally {
    await transport.close()
  }
}

const SENTENCE = 'This is a test message from Fanfare. The channel works.'

const CONTENT: Record<Channel, RenderedContent> = {
  email: { subject: 'Test message from Fanfare', text: SENTENCE },
  sms: { text: SENTENCE },
  whatsapp: { template: 'hello_world', language: 'en_US', params: [] }, // the sample every WhatsApp account starts with
  telegram: { text: SENTENCE },
  push: { title: 'Fanfare', body: SENTENCE },
  voice: { say: SENTENCE },
}
