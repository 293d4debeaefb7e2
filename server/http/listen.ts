import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import type { Express } from 'express'
import { EnvFault } from '../env.ts'
import { limitPatience } from './patience.ts'

/** How long requests in flight may take once the process has been asked to end. */
const PATIENCE_MS = 10_000
const SWEEP_MS = 50

/** Listens, or rejects with a sentence for the person who starts the process. */
export async function listen(app: Express, { host, port }: { host: string; port: number }): Promise<Server> {
  const server = createServer({ requestTimeout: 0, headersTimeout: 10_000, keepAliveTimeout: 65_000 }, app)
  watchSilent(server)
  limitPatience(server)
  server.listen(port, host)
  try {
    await once(server, 'listening')
  } catch (error) {
    throw inWords(error, { host, port })
  }
  return server
}

/** Takes no more requests, lets those in flight finish, and answers when the last connection is gone. */
export async function drain(server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  for (const socket of silent.get(server) ?? []) socket.destroy()
  // Again and again: a connection whose last request is answered by now would be kept alive for the next.
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS)
  const insist = setTimeout(() => server.closeAllConnections(), PATIENCE_MS)
  await closed
  clearTimeout(insist)
  clearInterval(sweep)
}

/** Connections that have asked nothing yet: Node does not count them as idle, and would wait for them. */
const silent = new WeakMap<Server, Set<Socket>>()

function watchSilent(server: Server): void {
  const sockets = new Set<Socket>()
  silent.set(server, sockets)
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  server.on('request', ({ socket }) => sockets.delete(socket))
}

function inWords(error: unknown, { host, port }: { host: string; port: number }): unknown {
  const words: Record<string, string> = {
    EADDRINUSE: `Port ${port} is in use. Set PORT to another one, or end what uses it.`,
    EACCES: `Port ${port} may not be used by this user. Set PORT to one above 1023.`,
    EADDRNOTAVAIL: `${host} is no address of this machine. Set HOST to one of its own.`,
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return code in words ? new EnvFault(words[code], { cause: error }) : error
}
