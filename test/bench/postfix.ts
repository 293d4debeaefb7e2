import { execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { claimPort } from '../../server/start/claim-port.ts'

const SOURCE = '/usr/sbin/smtp-source'
const SINK = '/usr/sbin/smtp-sink'

/** Mails a second from Postfix's load generator to its sink; null where it is not installed. */
export async function postfixRate({
  messages,
  bytes,
}: {
  messages: number
  bytes: number
}): Promise<number | null> {
  if (!existsSync(SOURCE) || !existsSync(SINK)) return null
  const port = await claimPort('127.0.0.1', 0)
  const sink = spawn(SINK, ['-u', 'nobody', `127.0.0.1:${port}`, '1000'], { stdio: 'ignore' })
  try {
    await pause(500)
    const started = performance.now()
    await promisify(execFile)(SOURCE, [
      '-s',
      '20',
      '-l',
      `${bytes}`,
      '-m',
      `${messages}`,
      '-f',
      'a@x.example',
      '-t',
      'b@y.example',
      `127.0.0.1:${port}`,
    ])
    return (messages * 1_000) / (performance.now() - started)
  } finally {
    sink.kill()
  }
}
