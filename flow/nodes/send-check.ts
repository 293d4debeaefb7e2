import { CHANNELS, type Channel } from '../channels/channel.ts'
import { CHANNEL_SPECS } from '../channels/registry.ts'
import type { TemplateFact } from '../facts.ts'
import { error, under, warning, type Fault } from '../fault.ts'
import { own } from '../own.ts'
import { reachedFrom } from '../ways.ts'
import type { Place } from './node-spec.ts'
import { checkContent } from './send-content.ts'
import { checkHops } from './send-hops.ts'
import type { FlowNode } from './schema.ts'

export type SendNode = Extract<FlowNode, { kind: 'send' }>

/** Faults of a send: its template, what its channels lack, its clocks, its `differentFrom`. */
export function checkSend(node: SendNode, place: Place): Fault[] {
  const template = own(place.catalog.templates, node.template)
  const routed = node.route.channels ?? CHANNELS.filter((channel) => template?.content[channel])
  return [
    ...checkTemplate(node, template),
    ...(template ? checkChannels(node, routed, { template, place }) : []),
    ...(template ? checkContent(node, { template, routed, place }) : []),
    ...under('route', [...checkStrategy(node, place), ...checkHops(node, routed, place.catalog)]),
  ]
}

function checkTemplate(
  { template: key }: SendNode,
  template: Pick<TemplateFact, 'active'> | undefined,
): Fault[] {
  if (key === '') return [error('no-template', 'template', 'No template is chosen. Choose what to send.')]
  if (!template)
    return [
      error('template-unknown', 'template', `There is no template *${key}*. Create it, or choose another.`),
    ]
  if (template.active) return []
  return [
    error(
      'template-inactive',
      'template',
      `Template *${key}* is switched off. Switch it on, or choose another.`,
    ),
  ]
}

interface Known {
  template: Pick<TemplateFact, 'content'>
  place: Place
}

/** A channel that cannot send is a doubt while another can, and a fault when none can. */
function checkChannels(node: SendNode, routed: readonly Channel[], { template, place }: Known): Fault[] {
  if (routed.length === 0) {
    return [
      error(
        'template-empty',
        'template',
        `Template *${node.template}* has no content. Write some for one channel.`,
      ),
    ]
  }
  const connected = (channel: Channel) => place.catalog.transports[channel]?.ready ?? false
  const written = (channel: Channel) => Object.keys(template.content[channel] ?? {}).length > 0
  const fault = routed.some((channel) => connected(channel) && written(channel)) ? warning : error
  return routed.flatMap((channel) => {
    const { name } = CHANNEL_SPECS[channel]
    const noContent = `Template *${node.template}* has no ${name} content. Add it, or take ${name} out of the route.`
    const noTransport = `Nothing is connected for ${name}. Connect it on the Channels page, or take ${name} out of the route.`
    return [
      ...(written(channel) ? [] : [fault('no-content', 'route.channels', noContent)]),
      ...(connected(channel) ? [] : [fault('no-transport', 'route.channels', noTransport)]),
    ]
  })
}

function checkStrategy({ route }: SendNode, place: Place): Fault[] {
  const { strategy, channels, differentFrom } = route
  if (strategy === 'fixed' && !channels) {
    return [error('fixed-order', 'channels', 'A fixed order needs its channels. List them in order.')]
  }
  if (strategy !== 'different') {
    if (differentFrom === undefined) return []
    return [
      warning(
        'different-ignored',
        'differentFrom',
        'Only the strategy "different" looks at this. Change the strategy, or remove it.',
      ),
    ]
  }
  return checkDifferent(differentFrom ?? '', place)
}

function checkDifferent(from: string, { nodeId, document }: Place): Fault[] {
  const message =
    from === ''
      ? 'No earlier send is chosen. Choose the one whose channels to avoid.'
      : `There is no send called *${from}*. Choose an earlier send of this flow.`
  if (own(document.nodes, from)?.kind !== 'send') return [error('different-from', 'differentFrom', message)]
  if (from !== nodeId && reachedFrom(document.nodes, from).has(nodeId)) return []
  return [
    error(
      'different-from',
      'differentFrom',
      `*${from}* does not come before this send. Choose a send that does.`,
    ),
  ]
}
