import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { CHANNELS } from '../../flow/channels/channel.ts'
import { durationMs } from '../../flow/duration.ts'
import { behaviourOf, FAILURES } from './simulator/behaviour.ts'
import { slotsOf } from './slots.ts'
import { type Surroundings, transportKind } from './transport-kind.ts'
import type { Outcome, Transport } from './transport.ts'

const atMost = (longest: string) =>
  z.string().refine((text) => (durationMs(text) ?? Infinity) <= (durationMs(longest) ?? 0), {
    error: `Write an ISO-8601 duration up to ${longest}, such as PT5S.`,
  })

const simulatorSettings = z.strictObject({
  auto: z
    .strictObject({
      /** Every accepted message is reported delivered this long after it was accepted. */
      deliverAfter: atMost('P1D').optional(),
      /** Share of messages that are refused; the same message is always refused, or never. */
      failRate: z.number().min(0).max(1).optional(),
      /** How long the provider takes to answer. */
      latency: atMost('PT5M').optional(),
    })
    .optional(),
})
type SimulatorSettings = z.output<typeof simulatorSettings>

/**
 * A provider for every channel that lives in this process: it accepts at once, nothing leaves the machine, and it is
 * told what happens next. Addresses listed in `behaviourOf` fail on request. WhatsApp templates count as approved.
 */
export const simulator = transportKind({
  channels: CHANNELS,
  settings: simulatorSettings,
  secrets: [],
  reports: ['sent', 'delivered', 'read', 'clicked'],
  problems: () => [],
  open: openSimulator,
})

const CONCURRENCY = 100
const HANGS_MS = 60_000
const BY_CHANCE: Outcome = {
  outcome: 'rejected',
  class: 'content', // for good and without blame for the address
  response: 'Simulated: refused by chance (auto.failRate).',
}

function openSimulator({ auto = {} }: SimulatorSettings, { report }: Surroundings): Transport {
  const { failRate = 0 } = auto
  const latency = durationMs(auto.latency ?? 'PT0S') ?? 0
  const slots = slotsOf(CONCURRENCY)
  const closing = new AbortController()

  const answerTo = async ({ id, to }: { id: string; to: string }): Promise<Outcome> => {
    const behaviour = behaviourOf(to)
    if (latency > 0) await pause(latency, closing.signal)
    if (behaviour === 'hang') await pause(HANGS_MS, closing.signal)
    if (behaviour) return FAILURES[behaviour]
    if (failRate > 0 && shareOf(id) < failRate) return BY_CHANCE
    return { outcome: 'accepted', providerId: `sim_${id}` }
  }

  return {
    concurrency: CONCURRENCY,
    async send(message) {
      if (closing.signal.aborted) return { outcome: 'not-sent', response: 'The simulator is being closed.' }
      const free = await slots.take()
      const outcome = await answerTo(message).finally(free)
      if (outcome.outcome === 'accepted' && auto.deliverAfter) deliverLater(message.id, auto.deliverAfter)
      return outcome
    },
    async close() {
      closing.abort()
      await slots.drained()
    },
  }

  // Outlives close(): what was accepted is delivered, also after the settings changed.
  function deliverLater(message: string, deliverAfter: string): void {
    setTimeout(() => {
      const told = { key: `${message}:delivered`, message, providerId: `sim_${message}` }
      void report?.({ ...told, kind: 'delivered', at: new Date() })
    }, durationMs(deliverAfter)).unref()
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return sleep(ms, undefined, { signal }).catch(() => {}) // aborted: the pause is over
}

/** A number in [0, 1) that belongs to this message for good. */
function shareOf(id: string): number {
  return createHash('sha256').update(id).digest().readUInt32BE() / 2 ** 32
}
