import { join, relative } from 'node:path'
import { z } from 'zod'
import type { Env } from '../env.ts'
import type { OwnApi } from './own-api.ts'

const Channels = z.object({
  items: z.array(z.object({ channel: z.string(), transport: z.string().nullable() })),
})

interface Readiness {
  env: Env
  home: string
  api: OwnApi
}

/** The last words of a start: where it serves, where the key is, and what leaves this machine. */
export async function readyBox({ env, home, api }: Readiness): Promise<string> {
  const key = env.apiKey ? 'the one in FANFARE_API_KEY' : `in ${shown(join(home, 'api-key'))}`
  return box([
    `Fanfare is ready: ${env.publicUrl}`,
    `API key: ${key}   (Authorization: Bearer <key>)`,
    `API reference: ${env.publicUrl}/docs`,
    await reach(api),
    'Ctrl-C stops it.',
  ])
}

/** A path as a person would type it from where they are. */
function shown(path: string): string {
  const short = relative(process.cwd(), path)
  return short.startsWith('..') ? path : short
}

async function reach(api: OwnApi): Promise<string> {
  const channels = Channels.safeParse(await api.get('/v1/channels').catch(() => undefined))
  if (!channels.success) return 'Channels: see GET /v1/channels'
  const real = channels.data.items.filter(({ transport }) => transport !== null && transport !== 'simulator')
  if (real.length === 0) return 'Simulator: nothing leaves this machine.'
  return `Real transports: ${real.map(({ channel, transport }) => `${channel} (${transport})`).join(', ')}`
}

function box(lines: string[]): string {
  const width = Math.max(...lines.map((line) => line.length))
  const body = lines.map((line) => `│ ${line.padEnd(width)} │`)
  return [`╭${'─'.repeat(width + 2)}╮`, ...body, `╰${'─'.repeat(width + 2)}╯`].join('\n')
}
