import { once } from 'node:events'
import { createServer } from 'node:net'

/** The port to serve on: looked at before anything starts, so that a taken one is said at once. 0 chooses a free one. */
export async function claimPort(host: string, port: number): Promise<number> {
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
