import type { FlowDocument } from '../../../flow/document.ts'
import { offsetMs } from '../../../flow/duration.ts'
import { localClock } from '../../../flow/zone.ts'

/** How fast a copy of a drawing runs. */
export interface Tempo {
  /** How long a day lasts, in seconds. Nothing gets shorter than a second. */
  day: number
  /** A full minute, in ms since 1970, that is meant by every time of day, whichever one was drawn. */
  minute?: number
}

/** Where the members of these tests live; the time of day is told on their clock. */
export const ZONE = 'Europe/Madrid'

/**
 * A copy of a drawing in which every duration is scaled: waits, time-outs, hop clocks, offsets, gaps, spans of
 * conditions. How long a called system may take is no part of the journey and stays.
 */
export function scaled(document: FlowDocument, tempo: Tempo): FlowDocument {
  return hurried(document, tempo) as FlowDocument // texts change, nothing else does
}

function hurried(value: unknown, tempo: Tempo): unknown {
  if (typeof value === 'string') return hurriedText(value, tempo)
  if (Array.isArray(value)) return value.map((one) => hurried(one, tempo))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value)
  if (entries.some(([key, one]) => key === 'kind' && one === 'webhook')) return value
  return Object.fromEntries(entries.map(([key, one]) => [key, hurried(one, tempo)]))
}

function hurriedText(text: string, { day, minute }: Tempo): string {
  const ms = offsetMs(text)
  if (ms !== undefined) return durationOf((ms / 86_400_000) * day)
  if (minute === undefined) return text
  const [hours, minutes] = new Date(localClock(minute, ZONE)).toISOString().slice(11, 16).split(':')
  if (/^\d\d:\d\d$/.test(text)) return `${hours}:${minutes}`
  return /^\d+ \d+ \* \* \S+$/.test(text) ? `${Number(minutes)} ${Number(hours)} * * *` : text
}

function durationOf(seconds: number): string {
  const length = `PT${Math.max(1, Math.abs(seconds)).toFixed(3)}S`
  return seconds < 0 ? `-${length}` : length
}
