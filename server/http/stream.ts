import type { IncomingMessage } from 'node:http'
import type { Transform } from 'node:stream'
import { pipeline } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { partsOf } from './patience.ts'
import { Problem } from './problem.ts'

/** A body that is read as it arrives. */
export interface Stream {
  /** One of the route's content types. */
  type: string
  /** Unpacked. Asking for the next part is what lets the sender go on. */
  bytes: AsyncIterable<Buffer>
}

const UNPACK: Record<string, () => Transform> = {
  gzip: createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
}

/** Throws 415 where the content type, or how it is packed, is none that we read. */
export function openStream(request: IncomingMessage, types: readonly string[]): Stream {
  const said = (request.headers['content-type'] ?? '').toLowerCase()
  const type = types.find((one) => said.split(';')[0]?.trim() === one)
  if (!type || /charset=(?!"?utf-?8\b)/.test(said)) {
    throw new Problem({
      status: 415,
      code: 'content-type',
      detail: `Send the body as ${types.join(' or as ')}, in UTF-8.`,
    })
  }
  const packed = (request.headers['content-encoding'] ?? 'identity').toLowerCase()
  const unpack = UNPACK[packed]
  if (!unpack && packed !== 'identity') {
    throw new Problem({
      status: 415,
      code: 'content-encoding',
      detail: 'Send the body plain, or as gzip, deflate or br.',
    })
  }
  return { type, bytes: told(unpack ? unpacked(request, unpack()) : partsOf(request)) }
}

function unpacked(request: IncomingMessage, unpack: Transform): AsyncIterable<Buffer> {
  return pipeline(partsOf(request), unpack, () => {}) // its reader is told what went wrong
}

/** A sender who went away is told apart from a body that is broken. */
async function* told(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* bytes
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('Z_'))
      throw new Problem({
        status: 400,
        code: 'bad-body',
        detail: 'The body is not packed as its Content-Encoding says.',
      })
    throw new DOMException('the sender went away', 'AbortError')
  }
}
