import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { z } from 'zod'

/** A domain system that opens a case for each order it knows; those that begin with `unknown` it does not. */
export interface Shop {
  url: string
  /** What it was called with: the key of the call and the order it is about. */
  calls: { key: string; order: string }[]
  close(): Promise<void>
}

const asked = z.object({ order: z.string(), reason: z.string() })

export async function openShop(): Promise<Shop> {
  const calls: Shop['calls'] = []
  const server = createServer((request, response) => void answer(request, response))
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { order } = asked.parse(await json(request))
    calls.push({ key: String(request.headers['idempotency-key']), order })
    const known = !order.startsWith('unknown')
    response.writeHead(known ? 201 : 404, { 'content-type': 'application/json' })
    response.end(JSON.stringify(known ? { case: { id: `case-of-${order}` } } : {}))
  }
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo // listening on a port
  return {
    url: `http://127.0.0.1:${port}/api/cases`,
    calls,
    close: () => new Promise((closed) => void server.close(() => closed())),
  }
}
