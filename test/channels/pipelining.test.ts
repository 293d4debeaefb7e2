import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { afterAll, describe, expect, test } from 'vitest'
import { openSmtp } from '../../activities/channels/smtp.ts'
import { encryptionOf } from '../../activities/channels/smtp/encryption.ts'
import { openSession } from '../../activities/channels/smtp/session.ts'
import { sessionsOf } from '../../activities/channels/smtp/sessions.ts'
import type { Outgoing, Transport } from '../../activities/channels/transport.ts'
import { startMailServer } from './doubles/mail-server.ts'
import { type RawServer, type Said, startRawServer } from './doubles/raw-server.ts'
import { mailSettings, outgoing, PATIENT } from './messages.ts'

const open: { close(): Promise<void> }[] = []
afterAll(() => Promise.all(open.toReversed().map((each) => each.close())))

function over(port: number, connections = 1): Transport {
  const transport = openSmtp(mailSettings(port), { connections, timeouts: PATIENT })
  open.push(transport)
  return transport
}

async function against(
  answer: (said: Said) => string | undefined,
  connections?: number,
): Promise<{ server: RawServer; transport: Transport }> {
  const server = await startRawServer(answer)
  open.push(server)
  return { server, transport: over(server.port, connections) }
}

function many(count: number): Outgoing[] {
  return Array.from({ length: count }, () => outgoing())
}

async function sent(transport: Transport, messages: Outgoing[]): Promise<string[]> {
  const outcomes = await Promise.all(messages.map((message) => transport.send(message)))
  return outcomes.map(({ outcome }) => outcome)
}

const verbs = ({ said }: RawServer): string[] => said.map(({ verb }) => verb)
const idsOf = (messages: Outgoing[]): string[] => messages.map(({ id }) => id)

describe.concurrent('with a server that takes commands ahead', () => {
  test('the next envelope is there before a body is answered', async () => {
    const owed: Said[] = []
    const { server, transport } = await against((said) => {
      if (said.verb === 'MAIL') for (const { socket } of owed.splice(0)) socket.write('250 Ok\r\n')
      if (said.verb !== 'BODY' || said.bodies === 3) return undefined
      owed.push(said)
      return ''
    })
    const messages = many(3)
    expect(await sent(transport, messages)).toEqual(Array(3).fill('accepted'))
    expect(server.arrived).toEqual(idsOf(messages))
  })

  test('a message that nobody takes is ended by a lone dot, though its body is asked for', async () => {
    const { server, transport } = await against(({ verb, connection, bodies }) => {
      if (verb === 'RCPT' && bodies === 0) return '550 5.1.1 No such user'
      return verb === 'BODY' && bodies === 1
        ? '554 5.5.1 No valid recipients'
        : connection > 1
          ? '421 No'
          : undefined
    })
    const outcomes = [await transport.send(outgoing()), await transport.send(outgoing())]
    expect(outcomes).toMatchObject([{ class: 'invalid-address' }, { outcome: 'accepted' }])
    expect(server.said.filter(({ verb }) => verb === 'BODY')[0]?.text).toBe('.\r\n')
  })

  test('a message whose sender was refused is not finished, though a recipient was taken', async () => {
    const { server, transport } = await against(({ verb, connection }) =>
      verb === 'MAIL' && connection === 1 ? '550 5.1.0 Sender unknown' : undefined,
    )
    const outcomes = [await transport.send(outgoing()), await transport.send(outgoing())]
    expect(outcomes).toMatchObject([{ class: 'config' }, { outcome: 'accepted' }])
    expect(server.said.filter(({ verb }) => verb === 'BODY').map(({ connection }) => connection)).toEqual([2])
  })

  test('a transaction that was refused is reset before the next', async () => {
    const { server, transport } = await against(({ verb, bodies }) => {
      const refused = bodies === 0 && !verbs(server).includes('RSET')
      return refused && verb === 'RCPT'
        ? '550 5.1.1 No'
        : refused && verb === 'DATA'
          ? '503 5.5.1 No'
          : undefined
    })
    expect(await sent(transport, many(2))).toEqual(['rejected', 'accepted'])
    expect(verbs(server).join(' ')).toContain('MAIL RCPT DATA RSET MAIL RCPT DATA BODY')
  })

  test.each([
    ['without a word', undefined],
    ['with 421 to the next', '421 4.7.0 Too many messages on this connection'],
  ])('that ends each connection after three messages %s, each arrives once', async (_how, goodbye) => {
    const { server, transport } = await against(({ verb, bodies, socket }) => {
      if (bodies < 3 || verb === 'QUIT') return undefined
      if (verb === 'BODY') return goodbye === undefined ? void socket.end('250 Ok\r\n') : undefined
      return verb === 'MAIL' ? goodbye : ''
    })
    const messages = many(12)
    const outcomes = await sent(transport, messages)
    expect(outcomes).toEqual(Array(12).fill('accepted'))
    expect(server.arrived.toSorted()).toEqual(idsOf(messages).toSorted())
  })

  test('a connection that the server takes leave of while idle is replaced', async () => {
    const { server, transport } = await against(() => undefined)
    expect(await sent(transport, many(1))).toEqual(['accepted'])
    const [{ socket } = { socket: undefined }] = server.said
    const gone = once(socket!, 'close')
    socket!.write('421 4.4.2 Idle for too long\r\n')
    await gone
    expect(await sent(transport, many(1))).toEqual(['accepted'])
    expect(server.connections).toBe(2)
  })

  test('a body that is refused while it is still under way is refused, and goes no further', async () => {
    const server = createServer((socket) => {
      let heard = 0
      socket.on('error', () => {}).write('220 raw\r\n')
      socket.on('data', (chunk) => {
        heard += chunk.length
        if (chunk.toString().startsWith('EHLO')) socket.write('250-raw\r\n250 PIPELINING\r\n')
        else if (heard < 1_000) socket.write('250 Ok\r\n250 Ok\r\n354 Go ahead\r\n')
        else socket.pause().write('552 5.3.4 Too big\r\n')
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo // listening on a port, so never a path or null
    const settings = mailSettings(port)
    const target = { ...settings, encryption: encryptionOf(settings), timeouts: PATIENT }
    const sessions = sessionsOf((feed) => openSession(target, feed), 1)
    const raw = Buffer.from('A line of words.\r\n'.repeat(1_000_000))
    const envelope = { from: 'news@example.com', to: 'ada@example.org', international: false }
    expect(await sessions.carry({ ...envelope, raw })).toMatchObject({
      fault: { stage: 'body', inDoubt: false, reply: '552 5.3.4 Too big' },
    })
    await sessions.close()
    server.close()
  })
})

test('after STARTTLS and signing in, mails go over the encrypted connection', async () => {
  const server = await startMailServer({}, { disabledCommands: [], authOptional: false })
  const sessions = sessionsOf(
    (feed) =>
      openSession(
        {
          ...mailSettings(server.port),
          encryption: {
            secure: false,
            requireTLS: true,
            ignoreTLS: false,
            tls: { rejectUnauthorized: false },
          },
          auth: { user: 'fanfare', pass: 'correct horse' },
          timeouts: PATIENT,
        },
        feed,
      ),
    1,
  )
  const raw = Buffer.from('Subject: Hi\r\n\r\nHello\r\n')
  const letter = { from: 'news@example.com', to: 'ada@example.org', international: false, raw }
  const handed = await Promise.all([1, 2, 3].map(() => sessions.carry(letter)))
  expect(handed).toEqual([1, 2, 3].map(() => ({ reply: expect.stringMatching(/^250/) })))
  expect(server.received).toEqual(
    [1, 2, 3].map(() => ({ from: letter.from, to: [letter.to], raw, secure: true })),
  )
  expect(server.connections).toBe(1)
  await sessions.close()
  await server.close()
})
