import { expect, test } from 'vitest'
import { openSmtp } from '../../activities/channels/smtp.ts'
import { startSinkProcess } from '../support/smtp-sink-process.ts'
import { mailSettings, outgoing } from './messages.ts'

test.each([[[]], [['--no-pipelining']]])(
  'the counting mail server counts each message once %j',
  async (args) => {
    const sink = await startSinkProcess(args)
    const transport = openSmtp(mailSettings(sink.port))
    const messages = Array.from({ length: 50 }, (_, i) => outgoing({ to: `m${i}@example.org` }))
    const before = Date.now()
    await Promise.all(messages.map((message) => transport.send(message)))
    const arrivals = await sink.arrivals()
    await transport.close()
    await sink.stop()
    const seen = arrivals.map(({ messageId, to }) => `${messageId} ${to.join()}`)
    expect(seen.toSorted(byText)).toEqual(
      messages.map(({ id, to }) => `<${id}@example.com> ${to}`).toSorted(byText),
    )
    expect(arrivals.every(({ at, taken }) => at >= before - 1 && taken)).toBe(true)
  },
)

test('its mishaps are those that were planned, as often as planned', async () => {
  const sink = await startSinkProcess()
  const transport = openSmtp(mailSettings(sink.port))
  await sink.plan([
    { at: 'RCPT', act: '451 4.7.1 Greylisted', times: 2 },
    { at: 'dot', act: 'drop' },
  ])
  const outcomes: string[] = []
  for (let i = 0; i < 4; i += 1)
    outcomes.push((await transport.send(outgoing({ to: 'ada@example.org' }))).outcome)
  const arrivals = await sink.arrivals()
  await transport.close()
  await sink.stop()
  expect(outcomes).toEqual(['rejected', 'rejected', 'unknown', 'accepted'])
  expect(arrivals).toHaveLength(2)
})

function byText(one: string, other: string): number {
  return one < other ? -1 : 1
}
