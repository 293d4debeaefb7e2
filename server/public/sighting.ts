import type { Receipt, ReceiptData } from '../../db/receipts.ts'

const MINUTE = 60_000

export interface Sighting {
  message: number
  /** Tells links of one message apart. */
  part?: number
  at: Date
  data: ReceiptData | null
}

/** The receipt of an open or click. The same again within a minute is one: scanners and previews come in bursts. */
export function sighting(kind: 'opened' | 'clicked', { message, part = 0, at, data }: Sighting): Receipt {
  const key = `${kind}:${message}:${part}:${Math.floor(at.getTime() / MINUTE)}`
  return { key, message, transport: null, providerId: null, kind, at, data }
}
