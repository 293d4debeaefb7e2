import type { ServerResponse } from 'node:http'
import { once } from 'node:events'
import { route } from '../http/route.ts'
import type { Live } from '../live.ts'

const HEARTBEAT_MS = 15_000
/** A stream ends after this long, and its client comes back: so a revoked key does not listen on. */
const LIFE_MS = 5 * 60_000
/** What a slow client may leave unread before it is dropped. */
const MOST_UNREAD = 256 * 1024

export const streamRoutes = [
  route({
    method: 'get',
    path: '/v1/stream',
    summary: 'What changes in the workspace, as server-sent events',
    permission: 'live:read',
    responses: { 200: { type: 'text/event-stream' } },
    async handle(_input, { live, workspace }) {
      const headers = { 'cache-control': 'no-cache, no-transform', 'x-accel-buffering': 'no' }
      return { status: 200, headers, body: (response) => follow(response, live, workspace) }
    },
  }),
]

/** `sync` tells a client to look afresh: it has just begun to listen, or notes may have been missed. */
async function follow(response: ServerResponse, live: Live, workspace: number): Promise<void> {
  const say = (text: string): void => {
    if (response.writableLength > MOST_UNREAD) response.destroy()
    else response.write(text)
  }
  const leave = live.add({
    workspace,
    onNote: ({ topic, data }) => say(`event: ${topic}\ndata: ${JSON.stringify(data)}\n\n`),
    onGap: () => say('event: sync\ndata: {}\n\n'),
    onClose: () => response.end(),
  })
  const heartbeat = setInterval(() => say(': \n\n'), HEARTBEAT_MS)
  const end = setTimeout(() => response.end(), LIFE_MS)
  say('retry: 1000\nevent: sync\ndata: {}\n\n')
  await once(response, 'close')
  leave()
  clearInterval(heartbeat)
  clearTimeout(end)
}
