import type { IncomingMessage } from 'node:http'
import { ClosedAddress, type Lines } from './lines.ts'

/** One request, ready to leave. */
export interface Ready {
  url: URL
  method: string
  headers: Record<string, string>
  body: Buffer | null
  timeoutMs: number
}

/** What came of one request: an answer, or what kept a whole one from coming. */
export type Exchange = Answer | { fault: ExchangeFault }

export interface Answer {
  status: number
  retryAfter: string | undefined
  /** Null when it is longer than is read. */
  text: string | null
}

export type ExchangeFault =
  | 'timeout'
  | 'unreachable'
  | 'encryption'
  | 'cut'
  | 'no-http'
  | 'address'
  | 'interrupted'

/** How much of an answer is read. */
const LONGEST = 64 * 1024

/** Sends a request and reads its answer, all of it within the time it has. Follows no redirect. Never rejects. */
export async function exchange(request: Ready, lines: Lines): Promise<Exchange> {
  const patience = AbortSignal.timeout(request.timeoutMs)
  const signal = AbortSignal.any([patience, lines.closing])
  try {
    const response = await answerTo(request, lines, signal)
    return {
      status: response.statusCode ?? 0,
      retryAfter: response.headers['retry-after'],
      text: await read(response),
    }
  } catch (error) {
    if (lines.closing.aborted) return { fault: 'interrupted' }
    return { fault: patience.aborted ? 'timeout' : faultOf(error) }
  }
}

async function answerTo(request: Ready, lines: Lines, signal: AbortSignal): Promise<IncomingMessage> {
  for (;;) {
    try {
      return await ask(request, lines, signal)
    } catch (error) {
      if (!(error instanceof StaleConnection) || signal.aborted) throw error
    }
  }
}

/** The other side closed a connection that was kept, as this request went out on it: that says nothing about it. */
class StaleConnection extends Error {}

function ask(request: Ready, lines: Lines, signal: AbortSignal): Promise<IncomingMessage> {
  const { url, method, headers, body } = request
  return new Promise((resolve, reject) => {
    const asking = lines.request(url, { method, headers, signal }, resolve)
    asking.on('error', (error: NodeJS.ErrnoException) => {
      const lost = error.code === 'ECONNRESET' || error.code === 'EPIPE'
      reject(asking.reusedSocket && lost ? new StaleConnection() : error)
    })
    // An offer of another protocol (101) ends the request with neither answer nor error.
    asking.on('close', () => reject(new Error('closed without an answer')))
    asking.end(body ?? undefined)
  })
}

/** Leaving the loop early closes the connection: nobody sends on what nobody reads. */
async function read(response: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > LONGEST) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

const UNREACHABLE = /^(ECONNREFUSED|ENOTFOUND|EAI_\w+|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|ETIMEDOUT)$/
const ENCRYPTION = /CERT|SIGNATURE|ISSUER|^ERR_(TLS|SSL)|^EPROTO$/

function faultOf(error: unknown): ExchangeFault {
  if (error instanceof ClosedAddress) return 'address'
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (UNREACHABLE.test(code)) return 'unreachable'
  if (ENCRYPTION.test(code)) return 'encryption'
  return code.startsWith('HPE_') ? 'no-http' : 'cut'
}
