import type { IncomingMessage, Server } from 'node:http'

/** How long a request may take to arrive whole; of one that streams, each of its parts. */
const PATIENCE_MS = 60_000
const LATE = 'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'

interface Clock {
  ms: number
  timer?: NodeJS.Timeout
}
const clocks = new WeakMap<IncomingMessage, Clock>()

/** Ends connections whose request dawdles. Node's own limit is one for all requests, also for those that stream. */
export function limitPatience(server: Server, ms: number = PATIENCE_MS): void {
  server.on('request', (request, response) => {
    const { socket } = request
    clocks.set(request, { ms })
    wait(request, () => socket.end(response.headersSent ? '' : LATE, () => socket.destroy()))
    request.once('close', () => stop(request))
  })
}

/** The body as it arrives. Asking for the next part is what lets the sender go on; what nobody asks for is let through. */
export async function* partsOf(request: IncomingMessage): AsyncGenerator<Buffer> {
  const late = () => request.socket.destroy()
  try {
    wait(request, late)
    for await (const part of request.iterator({ destroyOnReturn: false })) {
      stop(request) // what is done with a part is not the sender's time
      yield part
      wait(request, late)
    }
  } finally {
    wait(request, late)
    request.resume() // whoever still sends reads an answer only when they are done
  }
}

function wait(request: IncomingMessage, late: () => void): void {
  stop(request)
  const clock = clocks.get(request)
  if (!clock || request.complete || request.destroyed) return
  clock.timer = setTimeout(() => request.complete || late(), clock.ms).unref()
}

function stop(request: IncomingMessage): void {
  clearTimeout(clocks.get(request)?.timer)
}
