import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'

/**
 * Below the ports that systems give to outgoing connections: such a connection could take the port between the look at it
 * and its use.
 */
const [FIRST, LAST] = [10_000, 32_767]
const TRIES = 50

/** The port to serve on: looked at before anything starts, so that a taken one is said at once. 0 chooses a free one. */
export async function claimPort(host: string, port: number): Promise<number> {
  if (port !== 0) return look(host, port)
  for (let tries = 1; tries < TRIES; tries += 1) {
    const found = await look(host, randomInt(FIRST, LAST + 1)).catch(() => undefined)
    if (found !== undefined) return found
  }
  return look(host, 0) // whatever keeps the others taken; or the words for what is wrong with the host
}

async function look(host: string, port: number): Promise<number> {
  const server = createServer()
  try {
    server.listen(port, host)
    await once(server, 'listening')
  } catch (error) {
    throw new Error(explain(host, port, error), { cause: error })
  }
  const address = server.address()
  server.close()
  await once(server, 'close')
  return address !== null && typeof address === 'object' ? address.port : port
}

function explain(host: string, port: number, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EADDRINUSE') {
    return `Port ${port} on ${host} is in use by another program. Stop that one, or choose another port: PORT=${port + 1} npm start`
  }
  if (code === 'EACCES') return `Port ${port} needs more rights. Choose one above 1023: PORT=3000 npm start`
  return `HOST is ${host}, which is no address of this machine. Set it to 127.0.0.1.`
}
