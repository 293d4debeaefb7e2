import { SegmentedMessage } from 'sms-segments-calculator'

/** How many parts carriers charge for this text. */
export function segmentsOf(text: string): number {
  return new SegmentedMessage(text).segmentsCount
}
