import { afterAll, describe, expect, test } from 'vitest'
import { openSmtp } from '../../activities/channels/smtp.ts'
import type { Outcome, Outgoing, Transport } from '../../activities/channels/transport.ts'
import { type Mishap, type Sink, startSink } from '../support/smtp-sink.ts'
import { mailSettings, outgoing } from './messages.ts'

const open: { close(): Promise<void> }[] = []
afterAll(() => Promise.all(open.toReversed().map((each) => each.close())))

const DIALOGUES = [
  ['pipelined', true],
  ['in lockstep', false],
] as const

// Only a server that hangs is given up; these tests run side by side, and answers may take their time.
const TIMEOUTS = { connect: 20_000, greeting: 1_500, reply: 1_500, send: 20_000 }

async function against(pipelining: boolean): Promise<{ sink: Sink; transport: Transport }> {
  const sink = await startSink({ pipelining, keep: true })
  const transport = openSmtp(mailSettings(sink.port), { connections: 2, timeouts: TIMEOUTS })
  open.push(sink, transport)
  return { sink, transport }
}

type Told = { outcome: Outcome['outcome']; class?: string }
const NOT_SENT: Told = { outcome: 'not-sent' }
const UNKNOWN: Told = { outcome: 'unknown' }
const LATER: Told = { outcome: 'rejected', class: 'rate-limited' }
const refusedAs = (kind: string): Told => ({ outcome: 'rejected', class: kind })

const ACTS: [Mishap['at'], string, Told][] = [
  ['greeting', 'drop', NOT_SENT],
  ['greeting', 'hang', NOT_SENT],
  ['greeting', '421 4.7.0 Not now', LATER],
  ['greeting', '554 5.7.1 Go away', refusedAs('config')],
  ['MAIL', 'drop', NOT_SENT],
  ['MAIL', 'hang', NOT_SENT],
  ['MAIL', '421 4.7.0 Too many messages', LATER],
  ['MAIL', '451 4.7.1 Busy', LATER],
  ['MAIL', '452 4.3.1 Out of storage', NOT_SENT],
  ['MAIL', '550 5.1.0 Sender unknown', refusedAs('config')],
  ['RCPT', 'drop', NOT_SENT],
  ['RCPT', 'hang', NOT_SENT],
  ['RCPT', '421 4.7.0 Enough', LATER],
  ['RCPT', '450 4.7.1 Greylisted', LATER],
  ['RCPT', '452 4.2.2 Mailbox full', NOT_SENT],
  ['RCPT', '550 5.1.1 No such user', refusedAs('invalid-address')],
  ['RCPT', '550-5.1.1 No such\r\n550 5.1.1 user', refusedAs('invalid-address')],
  ['RCPT', '552 5.2.2 Over quota', refusedAs('unavailable')],
  ['RCPT', '554 5.7.1 Blocked', refusedAs('config')],
  ['DATA', 'drop', NOT_SENT],
  ['DATA', 'hang', NOT_SENT],
  ['DATA', '421 4.3.2 Shutting down', NOT_SENT],
  ['DATA', '451 4.3.0 Local error', NOT_SENT],
  ['DATA', '554 5.5.1 No valid recipients', refusedAs('content')],
  ['body', 'drop', UNKNOWN],
  ['dot', 'drop', UNKNOWN],
  ['dot', 'hang', UNKNOWN],
  ['dot', '421 4.7.0 Try again later', LATER],
  ['dot', '451 4.7.1 Try again later', LATER],
  ['dot', '452 4.2.2 Mailbox full', NOT_SENT],
  ['dot', '552 5.3.4 Too big', refusedAs('content')],
  ['dot', '554 5.7.1 Spam', refusedAs('config')],
]

describe.concurrent.each(DIALOGUES)('a dialogue %s', (_name, pipelining) => {
  test.each(ACTS)(
    'at %s that meets %j ends as it must, and the next message goes well',
    async (at, act, told) => {
      const { sink, transport } = await against(pipelining)
      sink.plan([{ at, act }])
      expect(await transport.send(outgoing())).toMatchObject(told)
      expect(await transport.send(outgoing())).toMatchObject({ outcome: 'accepted' })
      expect(sink.arrivals.filter((each) => each.taken)).toHaveLength(
        at === 'dot' && told === UNKNOWN ? 2 : 1,
      )
    },
  )

  test.each(ACTS.filter(([at]) => at !== 'greeting'))(
    'with many messages that meets %s %j once has one other outcome at most, and each copy once',
    async (at, act, told) => {
      const { sink, transport } = await against(pipelining)
      sink.plan([{ at, act }])
      const messages = Array.from({ length: 12 }, () => outgoing())
      const outcomes = await Promise.all(messages.map((message) => transport.send(message)))
      const others = outcomes.filter(({ outcome }) => outcome !== 'accepted')
      expect(others.length).toBeLessThanOrEqual(1)
      for (const other of others) expect(other).toMatchObject(told)
      expectEachOnce(messages, outcomes, sink)
    },
  )

  test('says the same things of the same refusal', async () => {
    const { sink, transport } = await against(pipelining)
    sink.plan([{ at: 'RCPT', act: '550-5.1.1 <ada@example.org>: no\r\n550 5.1.1 such user' }])
    expect(await transport.send(outgoing())).toEqual({
      outcome: 'rejected',
      class: 'invalid-address',
      response: '550-5.1.1 <address>: no 550 5.1.1 such user',
    })
  })
})

test('what arrives is the same, byte by byte, in either dialogue', async () => {
  const dotty = '.\r\n..\n.hidden\n\nFrom here\n.'
  const messages = ['Hello', dotty, `${dotty.repeat(5_000)}\n`, 'ü\r\n.\r\n'].map((text) =>
    outgoing({ content: { subject: 'Hi', text, html: `<p>${text}</p>` }, to: 'zoë@example.org' }),
  )
  const raws: (string | undefined)[][] = []
  for (const [, pipelining] of DIALOGUES) {
    const { sink, transport } = await against(pipelining)
    for (const message of messages)
      expect(await transport.send(message)).toMatchObject({ outcome: 'accepted' })
    raws.push(sink.arrivals.map((each) => each.raw?.replace(/^Date: .*$/m, '')))
  }
  expect(raws[0]).toEqual(raws[1])
  expect(raws[0]?.map((raw) => (raw?.length ?? 0) > 100)).toEqual(messages.map(() => true))
})

/** Accepted is there once, not sent is not there, nothing is there twice. */
function expectEachOnce(messages: Outgoing[], outcomes: Outcome[], { arrivals }: Sink): void {
  const taken = arrivals.filter((each) => each.taken).map(({ messageId }) => messageId)
  const books = messages.map(({ id }, n) => {
    const copies = taken.filter((each) => each === `<${id}@example.com>`).length
    return `${outcomes[n]?.outcome} ${copies}`
  })
  expect(books.filter((each) => !EACH_ONCE.has(each))).toEqual([])
}

const EACH_ONCE = new Set(['accepted 1', 'unknown 0', 'unknown 1', 'not-sent 0', 'rejected 0'])
