import { type AddressInfo, createServer, type Server } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { openSmtp } from '../../activities/channels/smtp.ts'
import { outcomeOf } from '../../activities/channels/smtp/outcome.ts'
import type { Transport } from '../../activities/channels/transport.ts'
import { type MailServer, type Script, startMailServer } from './doubles/mail-server.ts'
import { IMPATIENT, mailSettings, outgoing } from './messages.ts'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const each of open.splice(0).toReversed()) await each.close()
})

async function against(script: Script, size?: number): Promise<{ server: MailServer; transport: Transport }> {
  const server = await startMailServer(script, size === undefined ? {} : { size })
  const transport = openSmtp(mailSettings(server.port), IMPATIENT)
  open.push(server, transport)
  return { server, transport }
}

const LARGE = 'Many words. '.repeat(1_000_000)

describe('a message surely did not leave when', () => {
  test.each<[string, Script]>([
    ['the connection is cut instead of a greeting', { greeting: 'drop' }],
    ['the greeting never comes', { greeting: 'hang' }],
    ['the connection is cut at MAIL FROM', { mail: 'drop' }],
    ['MAIL FROM is never answered', { mail: 'hang' }],
    ['the connection is cut at RCPT TO', { rcpt: 'drop' }],
    ['RCPT TO is never answered', { rcpt: 'hang' }],
    ['the server is short of storage', { rcpt: { code: 452, text: '4.3.1 Insufficient system storage' } }],
  ])('%s', async (_case, script) => {
    const { server, transport } = await against(script)
    expect(await transport.send(outgoing())).toMatchObject({ outcome: 'not-sent' })
    expect(server.received).toEqual([])
  })

  test('the whole of it was refused for now', async () => {
    const { transport } = await against({ dot: { code: 452, text: '4.2.2 Mailbox full' } })
    expect(await transport.send(outgoing())).toMatchObject({
      outcome: 'not-sent',
      retryAfterMs: expect.any(Number),
    })
  })

  test('the connection is cut in the middle of the body', async () => {
    const { server, transport } = await against({ body: 'drop' })
    expect(await transport.send(outgoing({ content: { text: LARGE } }))).toMatchObject({
      outcome: 'not-sent',
    })
    expect(server.received).toEqual([])
  })

  test('nobody listens on the port, and the words say where', async () => {
    const { server, transport } = await against({})
    await server.close()
    const outcome = await transport.send(outgoing())
    expect(outcome).toMatchObject({ outcome: 'not-sent' })
    expect(outcome.response).toContain(`127.0.0.1:${server.port} refused the connection`)
  })

  test('the name of the server does not resolve', () => {
    const error = Object.assign(new Error('queryA ENOTFOUND mail.example.com'), {
      code: 'EDNS',
      command: 'CONN',
    })
    const told = { server: 'mail.example.com:25', to: 'ada@example.org', providerId: '<msg_1@example.com>' }
    expect(outcomeOf({ fault: { stage: 'connect', inDoubt: false, error } }, told)).toEqual({
      outcome: 'not-sent',
      response: 'The mail server’s name was not found: mail.example.com:25. Check the host.',
    })
  })

  test('what answers is no mail server', async () => {
    const server = createServer((socket) =>
      socket.on('error', () => {}).end('HTTP/1.1 400 Bad Request\r\n\r\n'),
    )
    const transport = openSmtp(mailSettings(await listening(server)), IMPATIENT)
    open.push({ close: () => new Promise((resolve) => server.close(() => resolve())) }, transport)
    expect(await transport.send(outgoing())).toMatchObject({ outcome: 'not-sent' })
  })
})

describe('a message may have left, and is there once, when', () => {
  test.each<[string, Script]>([
    ['the connection is cut after the whole message', { dot: 'drop' }],
    ['the whole message is never answered', { dot: 'hang' }],
  ])('%s', async (_case, script) => {
    const { server, transport } = await against(script)
    expect(await transport.send(outgoing())).toMatchObject({ outcome: 'unknown' })
    expect(server.received).toHaveLength(1)
  })
})

describe('a server that asks for time is obeyed:', () => {
  test.each<[string, Script]>([
    ['421 instead of a greeting', { greeting: { code: 421, text: '4.7.0 Too many connections' } }],
    ['421 at MAIL FROM', { mail: { code: 421, text: '4.7.0 Come back later' } }],
    ['450 for the recipient', { rcpt: { code: 450, text: '4.7.1 Greylisted' } }],
    ['451 without an enhanced code', { rcpt: { code: 451, text: 'Try again later' } }],
    ['451 after the body', { dot: { code: 451, text: '4.7.1 Try again later' } }],
  ])('%s', async (_case, script) => {
    const { transport } = await against(script)
    const outcome = await transport.send(outgoing())
    expect(outcome).toMatchObject({
      outcome: 'rejected',
      class: 'rate-limited',
      retryAfterMs: expect.any(Number),
    })
  })

  test('a greylisted message is taken on the second attempt, as the same message', async () => {
    const { server, transport } = await against({ rcpt: { code: 451, text: '4.7.1 Greylisted' } })
    const message = outgoing()
    expect(await transport.send(message)).toMatchObject({ class: 'rate-limited' })
    server.script = {}
    expect(await transport.send(message)).toMatchObject({ outcome: 'accepted' })
    expect(server.received).toHaveLength(1)
    expect(server.connections).toBe(1)
  })
})

describe('a message is refused for good', () => {
  test.each<[string, Script, string]>([
    ['an unknown user', { rcpt: { code: 550, text: '5.1.1 No such user' } }, 'invalid-address'],
    [
      'an unknown user without an enhanced code',
      { rcpt: { code: 550, text: 'No such user' } },
      'invalid-address',
    ],
    ['a disabled mailbox', { rcpt: { code: 550, text: '5.2.1 Disabled' } }, 'invalid-address'],
    ['a full mailbox', { rcpt: { code: 552, text: '5.2.2 Over quota' } }, 'unavailable'],
    ['a message too big', { dot: { code: 552, text: '5.3.4 Too big' } }, 'content'],
    ['a spam verdict', { dot: { code: 554, text: '5.7.1 Rejected by policy' } }, 'config'],
    ['a body without an enhanced code', { dot: { code: 554, text: 'Not taken' } }, 'content'],
    ['our sender address', { mail: { code: 550, text: '5.1.0 Sender unknown' } }, 'config'],
    ['a blocked network', { greeting: { code: 554, text: '5.7.1 Go away' } }, 'config'],
  ])('%s', async (_case, script, kind) => {
    const { transport } = await against(script)
    expect(await transport.send(outgoing())).toMatchObject({ outcome: 'rejected', class: kind })
  })

  test('a message beyond the size the server announces is not even tried', async () => {
    const { server, transport } = await against({}, 1_000)
    const outcome = await transport.send(outgoing({ content: { text: LARGE } }))
    expect(outcome).toMatchObject({ outcome: 'rejected', class: 'content' })
    expect(server.recipients).toEqual([])
  })

  test('the server’s words come without the member’s address', async () => {
    const { transport } = await against({
      rcpt: { code: 550, text: '5.1.1 <ada@example.org>: user ADA unknown' },
    })
    const { response } = await transport.send(outgoing())
    expect(response).toBe('550 5.1.1 <address>: user <address> unknown')
  })
})

test('a slow answer is waited for', async () => {
  const { transport } = await against({ dot: { afterMs: 100 } })
  expect(await transport.send(outgoing())).toMatchObject({ outcome: 'accepted' })
})

test('a server that answers drop by drop is given up when the time for a whole hand-over is over', async () => {
  const server = createServer((socket) => {
    let drip: NodeJS.Timeout | undefined
    socket.on('error', () => {}).on('close', () => clearInterval(drip))
    socket.on('data', (chunk) => {
      const said = chunk.toString('latin1')
      if (said.endsWith('\r\n.\r\n')) drip = setInterval(() => socket.write('250-still thinking\r\n'), 50)
      else socket.write(said.startsWith('DATA') ? '354 Go ahead\r\n' : '250 Ok\r\n')
    })
    socket.write('220 slow\r\n')
  })
  const transport = openSmtp(mailSettings(await listening(server)), IMPATIENT)
  open.push({ close: () => new Promise((resolve) => server.close(() => resolve())) }, transport)
  expect(await transport.send(outgoing())).toMatchObject({ outcome: 'unknown' })
})

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port // listening on a port, so never a path or null
}
