import type { Env } from '../env.ts'

export type OwnApi = ReturnType<typeof ownApi>

/** Our own API as any client sees it, with the first key. */
export function ownApi(env: Pick<Env, 'host' | 'port'>, key: string) {
  const base = `http://${reachable(env.host)}:${env.port}`
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  return {
    async ready(): Promise<boolean> {
      const answer = await fetch(`${base}/readyz`, { signal: AbortSignal.timeout(2_000) }).catch(
        () => undefined,
      )
      return answer?.status === 200
    },
    async get(path: string): Promise<unknown> {
      return read(await fetch(base + path, { headers }), `GET ${path}`)
    },
    async send(method: 'PUT' | 'POST', path: string, body: unknown): Promise<unknown> {
      return read(
        await fetch(base + path, { method, headers, body: JSON.stringify(body) }),
        `${method} ${path}`,
      )
    },
  }
}

/** A server on all addresses is reached on loopback. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  if (host === '::') return '[::1]'
  return host.includes(':') ? `[${host}]` : host
}

async function read(answer: Response, what: string): Promise<unknown> {
  const body: unknown = await answer.json()
  if (!answer.ok) throw new Error(`${what} answered ${answer.status}: ${JSON.stringify(body)}`)
  return body
}
