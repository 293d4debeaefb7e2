import type { Catalog } from '../catalog.ts'
import { CHANNELS, type Channel, type Reached } from '../channels/channel.ts'
import { CHANNEL_SPECS } from '../channels/registry.ts'
import { error, warning, type Fault } from '../fault.ts'
import type { SendNode } from './send-check.ts'

/** Clocks that can never be met would try every channel in turn: what a channel cannot report is refused. */
export function checkHops({ route }: SendNode, routed: readonly Channel[], catalog: Catalog): Fault[] {
  const { hops = {}, strategy } = route
  const clocked = CHANNELS.filter((channel) => hops[channel])
  if (strategy === 'all' && clocked.length > 0) {
    return [
      warning(
        'hops-ignored',
        'hops',
        '"all" sends by every channel at once and waits for none. Remove the clocks.',
      ),
    ]
  }
  return clocked.flatMap((channel) => {
    const path = `hops.${channel}`
    const { name } = CHANNEL_SPECS[channel]
    const criterion = checkCriterion(channel, hops[channel]?.until ?? 'sent', catalog).map((one) => ({
      ...one,
      path: `${path}.until`,
    }))
    if (routed.includes(channel)) return criterion
    const message = `This send does not go by ${name}, so its clock never runs. Add ${name} to the channels, or remove the clock.`
    return [...criterion, warning('hop-unrouted', path, message)]
  })
}

function checkCriterion(channel: Channel, until: Reached, { transports }: Catalog): Fault[] {
  const { name, reports } = CHANNEL_SPECS[channel]
  const known: readonly Reached[] = reports
  const offered = known.filter(
    (one) => one === 'clicked' || (transports[channel]?.reports?.includes(one) ?? true),
  )
  if (!known.includes(until)) {
    const message = `${capital(name)} never reports *${until}*, so everybody would be sent the next channel, too. Choose ${either(known)}.`
    return [error('criterion-not-reported', '', message)]
  }
  if (offered.includes(until)) return []
  const message = `The connected ${name} transport does not report *${until}*, so everybody would be sent the next channel, too. Choose ${either(offered)}.`
  return [warning('criterion-not-reported-here', '', message)]
}

function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1)
}

function either(names: readonly string[]): string {
  return new Intl.ListFormat('en', { type: 'disjunction' }).format(names.map((name) => `*${name}*`))
}
