import { encodeId } from '../../db/ids.ts'
import type { TimelineRow } from '../../db/timeline.ts'
import type { Channel } from '../../flow/channels/channel.ts'
import type { Reason } from '../../flow/reason.ts'
import type { Reader } from '../../flow/reader.ts'
import { saySource } from '../../flow/refusal-sentences.ts'
import { CHANNEL_WORD, say } from '../../flow/words.ts'
import type { TimelineItem } from './timeline-item.ts'

export function presentTimelineRow(row: TimelineRow, reader: Reader): TimelineItem {
  const at = new Date(row.at).toISOString()
  switch (row.kind) {
    case 'event':
      return { kind: 'event', at, text: `${row.data.type} happened.`, ...row.data }
    case 'entered':
      return {
        at,
        ...border('entered', row.data, {
          reader,
          reason: { code: 'entered', args: { test: row.data.test } },
        }),
      }
    case 'ended':
      return { at, ...border('ended', row.data, { reader, reason: row.data.reason ?? { code: 'end' } }) }
    case 'step':
      return { at, ...step(row.data, reader) }
    case 'message':
      return { at, ...message(row.data, reader) }
    case 'receipt':
      return { at, ...receipt(row.data) }
    case 'consent':
      return { kind: 'consent', at, text: consentText(row.data), ...row.data }
    case 'preference':
      return { kind: 'preference', at, text: preferenceText(row.data.after), ...row.data }
  }
}

type Data<K extends TimelineRow['kind']> = Extract<TimelineRow, { kind: K }>['data']
type Journey = Pick<Data<'step'>, 'enrollment' | 'flow' | 'version' | 'test'>

function edge({ enrollment, flow, version, test }: Journey) {
  return { enrollment: encodeId('enrollment', enrollment), flow: encodeId('flow', flow), version, test }
}

function border(state: 'entered' | 'ended', journey: Journey, why: { reason: Reason; reader: Reader }) {
  const reason = say(why.reason, why.reader)
  return { kind: 'enrollment', text: reason, ...edge(journey), state, reason } as const
}

function step({ why, candidates, node, outcome, ...journey }: Data<'step'>, reader: Reader) {
  const text = say(why, reader)
  const considered = candidates?.map(({ channel, refused }) => ({
    channel,
    refused: refused && say(refused, reader),
  }))
  const line = { node, outcome, why: text, ...(considered && { candidates: considered }) }
  return { kind: 'step', text, ...edge(journey), ...line } as const
}

function message(data: Data<'message'>, reader: Reader) {
  const { message: id, node, hop, channel, status, template, to, subject } = data
  const reason = data.reason && say(data.reason, reader)
  const text = reason ?? `Message by ${CHANNEL_WORD[channel]}: ${status}.`
  const line = { message: encodeId('message', id), node, hop, channel, status, reason, template, to, subject }
  return { kind: 'message', text, ...edge(data), ...line } as const
}

function receipt({ message: id, channel, receipt: what, data }: Data<'receipt'>) {
  const text = `${capital(what.replaceAll('-', ' '))} (${CHANNEL_WORD[channel]}).`
  return { kind: 'receipt', text, message: encodeId('message', id), channel, receipt: what, data } as const
}

function consentText({ topic, channel, state, source }: Data<'consent'>): string {
  const what = topic === '*' ? 'everything' : `*${topic}*`
  return `${capital(state)}: ${what} by ${CHANNEL_WORD[channel]} (${saySource(source)}).`
}

function preferenceText(channels: Channel[]): string {
  if (channels.length === 0) return 'Prefers no channel in particular.'
  return `Prefers ${channels.map((channel) => CHANNEL_WORD[channel]).join(', then ')}.`
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
