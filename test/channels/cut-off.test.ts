import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { afterAll, expect, test } from 'vitest'
import { openSmtp } from '../../activities/channels/smtp.ts'
import type { Transport } from '../../activities/channels/transport.ts'
import { startRawServer } from './doubles/raw-server.ts'
import { mailSettings, outgoing, PATIENT } from './messages.ts'

const open: { close(): Promise<unknown> }[] = []
afterAll(() => Promise.all(open.toReversed().map((each) => each.close())))

interface Cut {
  /** Whose words end in the middle. */
  side: 'client' | 'server'
  /** After how many bytes of the first connection. */
  after: number
}

/** A way to the server that breaks once, at one byte. */
async function startBrokenLine(port: number, { side, after }: Cut): Promise<number> {
  let cuts = 0
  const line = createServer((near) => {
    const far = connect(port, '127.0.0.1')
    const end = (): void => void (near.destroy(), far.destroy())
    const first = cuts === 0
    cuts += 1
    const pass = (from: Socket, to: Socket, whole: boolean): void => {
      let left = whole ? Number.POSITIVE_INFINITY : after
      from.on('error', () => {}).on('close', () => to.end())
      from.on('data', (chunk) => {
        to.write(chunk.subarray(0, Math.min(left, chunk.length)), () => left <= 0 && end())
        left -= chunk.length
      })
    }
    pass(near, far, !first || side === 'server')
    pass(far, near, !first || side === 'client')
  })
  await new Promise<void>((resolve) => line.listen(0, '127.0.0.1', resolve))
  open.push({ close: async () => line.close() })
  return (line.address() as AddressInfo).port // listening on a port, so never a path or null
}

const MESSAGES = 3
// The first bytes, where commands and answers are, one by one; bodies, which are alike all through, in strides.
const PLACES = {
  client: [...range(0, 120, 3), ...range(120, 2_400, 37)],
  server: range(0, 230, 2),
}

test.each(['client', 'server'] as const)(
  'wherever the words of the %s are cut, each message is there once or not at all, as the outcome says',
  async (side) => {
    const seen = new Set<string>()
    for (const places of batches(PLACES[side], 20)) {
      const outcomes = await Promise.all(places.map((after) => threeMessages({ side, after })))
      for (const outcome of outcomes.flat()) seen.add(outcome)
    }
    expect(seen).toContain('accepted 1')
    expect(seen).toContain('unknown 0')
    expect([...seen].filter((each) => !ALLOWED.includes(each))).toEqual([])
  },
)

const ALLOWED = ['accepted 1', 'unknown 0', 'unknown 1', 'not-sent 0']

/** Each outcome with how many copies of the message there are. */
async function threeMessages(cut: Cut): Promise<string[]> {
  const server = await startRawServer()
  const port = await startBrokenLine(server.port, cut)
  const transport: Transport = openSmtp(mailSettings(port), { connections: 1, timeouts: PATIENT })
  open.push(server, transport)
  const messages = Array.from({ length: MESSAGES }, () => outgoing())
  const outcomes = await Promise.all(messages.map((message) => transport.send(message)))
  await transport.close()
  return outcomes.map(({ outcome }, n) => {
    const copies = server.arrived.filter((id) => id === messages[n]?.id).length
    return `${outcome} ${copies}`
  })
}

function range(from: number, to: number, step: number): number[] {
  return Array.from({ length: Math.ceil((to - from) / step) }, (_, n) => from + n * step)
}

function batches<T>(all: T[], size: number): T[][] {
  return range(0, all.length, size).map((from) => all.slice(from, from + size))
}
