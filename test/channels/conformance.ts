import { setImmediate } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import type { Outcome, Outgoing, Transport } from '../../activities/channels/transport.ts'

/** A transport with a provider that does as it is told. */
export interface Rig {
  open(): Transport
  /** Makes the provider answer `message` with this outcome from now on; may return the message changed to that end. */
  arrange(outcome: Outcome['outcome'] | 'slow', message: Outgoing): Outgoing
  message(): Outgoing
  /** How often the provider was asked to take the message; undefined where nobody can count. */
  attempts?(): number
  close(): Promise<void>
}

const OUTCOMES = ['accepted', 'rejected', 'not-sent', 'unknown'] as const

/** What the ledger relies on, whoever the provider is. */
export function conformsToTransport(name: string, prepare: () => Promise<Rig>): void {
  describe(`${name}, as any transport,`, () => {
    const rigs: Rig[] = []
    const open: Transport[] = []
    const rigged = async (): Promise<[Rig, Transport]> => {
      const rig = await prepare()
      const transport = rig.open()
      rigs.push(rig)
      open.push(transport)
      return [rig, transport]
    }
    afterEach(async () => {
      await Promise.all(open.splice(0).map((each) => each.close()))
      await Promise.all(rigs.splice(0).map((each) => each.close()))
    })

    test.each(OUTCOMES)('can end as %s', async (wanted) => {
      const [rig, transport] = await rigged()
      expect(await transport.send(rig.arrange(wanted, rig.message()))).toMatchObject({ outcome: wanted })
    })

    test.each(['rejected', 'not-sent', 'unknown'] as const)(
      'asks once and says why when it is %s',
      async (wanted) => {
        const [rig, transport] = await rigged()
        const outcome = await transport.send(rig.arrange(wanted, rig.message()))
        expect(outcome.response).toMatch(/\w/)
        expect(rig.attempts?.() ?? 1).toBeLessThanOrEqual(1)
      },
    )

    test('names the same provider id for the same message, and another for another', async () => {
      const [rig, transport] = await rigged()
      const message = rig.arrange('accepted', rig.message())
      const ids: unknown[] = []
      for (const each of [message, message, rig.message()]) ids.push(await transport.send(each))
      const [first, again, other] = ids.map((each) => expect.objectContaining({ providerId: idOf(each) }))
      expect(again).toEqual(first)
      expect(other).not.toEqual(first)
    })

    test('recovers by itself after each failure', async () => {
      const [rig, transport] = await rigged()
      for (const wanted of ['not-sent', 'unknown', 'rejected'] as const) {
        await transport.send(rig.arrange(wanted, rig.message()))
        expect(await transport.send(rig.arrange('accepted', rig.message()))).toMatchObject({
          outcome: 'accepted',
        })
      }
    })

    test('closing lets what is in hand finish, and takes nothing more', async () => {
      const [rig, transport] = await rigged()
      const messages = Array.from({ length: 2 * transport.concurrency }, () =>
        rig.arrange('slow', rig.message()),
      )
      const outcomes: Outcome[] = []
      for (const each of messages) void transport.send(each).then((outcome) => outcomes.push(outcome))
      await transport.close()
      await setImmediate() // the promises that closing waited for tell their news
      expect(outcomes).toHaveLength(messages.length)
      expect(outcomes.filter(({ outcome }) => outcome !== 'accepted')).toEqual([])
      expect(await transport.send(rig.message())).toMatchObject({ outcome: 'not-sent' })
    })

    test('closing twice, or without having sent, is fine', async () => {
      const [, transport] = await rigged()
      await transport.close()
      await expect(transport.close()).resolves.toBeUndefined()
    })

    test('never throws, whatever it is given', async () => {
      const [rig, transport] = await rigged()
      for (const strange of STRANGE) {
        const outcome = await transport.send({ ...rig.message(), ...strange })
        expect(OUTCOMES).toContain(outcome.outcome)
      }
    })
  })
}

function idOf(outcome: unknown): unknown {
  return (outcome as { providerId?: unknown }).providerId // undefined for any outcome but accepted
}

const STRANGE: Partial<Outgoing>[] = [
  { to: '' },
  { to: '\r\n' },
  { to: 'x'.repeat(100_000) },
  { toName: '\0'.repeat(1_000) },
  { content: {} },
  { content: { subject: '\uD800', text: '\uD800', html: '\uDFFF' } },
  { unsubscribe: { url: 'no url' } },
  { unsubscribe: { url: '' } },
  { id: '> \r\nBcc: <evil@example.net' },
]
