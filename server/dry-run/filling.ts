import type { RenderedContent } from '../../activities/channels/transport.ts'
import { RenderFault } from '../../activities/render/render-fault.ts'
import { render } from '../../activities/render/render.ts'
import { surelyFills } from '../../activities/render/surely-fills.ts'
import type { Hop } from '../../flow/decision.ts'
import type { Fill } from '../../flow/dry-run/play.ts'
import type { Reason } from '../../flow/reason.ts'
import type { Scene } from '../../flow/scene.ts'
import { buildScope } from '../../flow/scope.ts'
import { zoneOf } from '../../flow/zone-of.ts'
import type { DryRunMessage } from './answer.ts'
import type { Prepared } from './prepare.ts'
import type { Room } from './room.ts'

/** Fills messages of one member and keeps them until they are told. */
export interface Filling {
  fill: Fill
  of(hop: Hop): DryRunMessage | undefined
}

/** Renders as a live run does, only that its links lead nowhere. */
export function openFilling(bodies: Prepared['bodies'], room: Room): Filling {
  const filled = new Map<Hop, DryRunMessage>()
  return {
    fill: (hop, scene) =>
      faultOf(hop, () => filled.set(hop, fitted(presented(hop, contentOf(hop, scene, bodies)), room))),
    of: (hop) => filled.get(hop),
  }
}

/**
 * For those who are not listed: most contents surely fill once the gate has let them by; the others are made, and
 * forgotten, so that the sums know whose message would fail.
 */
export function openDoubts(bodies: Prepared['bodies']): Fill {
  const sure = new Map<string, boolean>()
  return (hop, scene) => {
    const { channel, locale, templateVersion } = hop
    const key = `${templateVersion} ${channel} ${locale}`
    if (!sure.has(key)) {
      const content = bodies.get(templateVersion)?.content[channel]?.[locale]
      sure.set(key, content !== undefined && surelyFills(channel, content))
    }
    return sure.get(key) ? null : faultOf(hop, () => contentOf(hop, scene, bodies))
  }
}

function faultOf({ channel }: Hop, make: () => unknown): Reason | null {
  try {
    make()
    return null
  } catch (error) {
    // As live: only a fault of Liquid names no value.
    const fault = error instanceof RenderFault ? error.message : 'it could not be worked out'
    return { code: 'template', args: { channel, fault } }
  }
}

/** What there is room for of a message. */
function fitted(message: DryRunMessage, room: Room): DryRunMessage {
  const { channel, to, subject = '', text = '', html = '' } = message
  room.messages -= subject.length + text.length + html.length
  return room.messages >= 0 ? message : { channel, to }
}

function contentOf(hop: Hop, scene: Scene, bodies: Prepared['bodies']): RenderedContent {
  const { channel, locale, templateVersion } = hop
  const { content } = render({
    channel,
    locale,
    templateVersionId: templateVersion,
    content: bodies.get(templateVersion)?.content[channel]?.[locale],
    scope: buildScope(scene),
    now: scene.now,
    timeZone: zoneOf(scene),
    tracking: null,
    marketing: scene.plan.settings.purpose === 'marketing',
  })
  return content
}

function presented({ channel, to }: Hop, content: RenderedContent): DryRunMessage {
  const subject = content.subject ?? content.title
  const text = content.text ?? content.body ?? content.say ?? reference(content)
  const { html } = content
  return {
    channel,
    to,
    ...(subject !== undefined && { subject }),
    ...(text !== undefined && { text }),
    ...(html !== undefined && { html }),
  }
}

/** A WhatsApp template is worded by Meta: what is known is its name and what fills its slots. */
function reference({ template, params = [] }: RenderedContent): string | undefined {
  return template && [template, ...params].join(' · ')
}
