import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

const SOURCE = '/usr/sbin/smtp-source'
const SINK = '/usr/sbin/smtp-sink'

/** Mails a second that Postfix's own pair of test programs moves on this machine; undefined where it is not installed. */
export async function postfixRate(of: {
  mails: number
  bytes: number
  connections: number
}): Promise<number | undefined> {
  if (!existsSync(SOURCE) || !existsSync(SINK)) return undefined
  const place = `127.0.0.1:${await freePort()}`
  const user = process.getuid?.() === 0 ? ['-u', 'nobody'] : []
  const sink = spawn(SINK, [...user, place, String(of.connections * 2)], { stdio: 'ignore' })
  try {
    await untilOpen(place)
    const started = performance.now()
    const args = ['-d', '-s', of.connections, '-l', of.bytes, '-m', of.mails].map(String)
    const [code] = await once(spawn(SOURCE, [...args, place], { stdio: 'ignore' }), 'exit')
    if (code !== 0) throw new Error(`smtp-source ended with code ${code}.`)
    return (of.mails * 1_000) / (performance.now() - started)
  } finally {
    await end(sink)
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // listening on a port, so never a path or null
  server.close()
  await once(server, 'close')
  return port
}

async function untilOpen(place: string): Promise<void> {
  const [host = '', port] = place.split(':')
  for (let tries = 0; tries < 100; tries += 1) {
    const socket = connect(Number(port), host)
    const open = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'close').then(() => false),
    ]).catch(() => false)
    socket.destroy()
    if (open) return
    await pause(50)
  }
  throw new Error('smtp-sink did not come up.')
}

async function end(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit')
  child.kill()
  await gone
}
