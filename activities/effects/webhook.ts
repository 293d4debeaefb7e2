import { encodeId } from '../../db/ids.ts'
import type { Db } from '../../db/pool.ts'
import { openSecrets } from '../../db/secrets.ts'
import type { PlanRequest } from '../../flow/plan.ts'
import { barrierOf, type Reach } from '../../flow/reach.ts'
import { bodyOf } from '../../flow/request.ts'
import { buildScope } from '../../flow/scope.ts'
import type { CallJob } from '../job.ts'
import { RenderFault } from '../render/render-fault.ts'
import { renderBody } from '../render/request-body.ts'
import { exchange, type Exchange } from './webhook/exchange.ts'
import { openLines } from './webhook/lines.ts'
import { signatureHeaders } from './webhook/signature.ts'

/** A call with all that its request needs, or with what keeps it from ever being made. */
export interface PreparedCall {
  job: CallJob
  request: PlanRequest
  fault: { why: string; [fact: string]: unknown } | null
  url: URL | null
  body: Buffer | null
  secret: string | null
}

/** Makes the requests of webhook steps. */
export interface Caller {
  /** Rejects when secrets could not be read: nothing was called. */
  prepare(workspace: number, jobs: CallJob[]): Promise<PreparedCall[]>
  /** Never rejects. */
  call(prepared: PreparedCall): Promise<Exchange>
  /** Breaks off what is under way: it is called again by another process. */
  close(): void
}

export interface CallerDeps {
  db: Db
  /** What the secrets were sealed with. */
  secret: string
  reach: Reach
}

export function openCaller({ db, secret, reach }: CallerDeps): Caller {
  const lines = openLines(reach)
  return {
    async prepare(workspace, jobs) {
      const requests = jobs.map((job) => requestOf(job))
      const names = requests.flatMap((request) => request.secret ?? [])
      const secrets = await openSecrets(db, { workspace, secret, names })
      return jobs.map((job, at) => {
        const request = requests[at]! // one for each job
        const signing = request.secret === null ? null : (secrets.get(request.secret) ?? null)
        return ready({ job, request, secret: signing }, reach)
      })
    },
    async call({ job, request, url, body, secret: signing }) {
      if (!url) return { fault: 'address' }
      const { test } = job.scene.enrollment
      const headers = headersOf(request, { id: encodeId('call', job.call.id), body, signing, test })
      return exchange({ url, method: request.method, headers, body, timeoutMs: request.timeoutMs }, lines)
    },
    close: () => lines.close(),
  }
}

/** A walk only claims calls of webhook steps of its version's plan. */
function requestOf({ call: { node }, scene: { plan } }: CallJob): PlanRequest {
  const step = plan.nodes[node]
  if (step?.kind !== 'webhook') throw new Error(`${node} is no webhook step of this version`)
  return step.request
}

type Asked = Pick<PreparedCall, 'job' | 'request' | 'secret'>

function ready(asked: Asked, reach: Reach): PreparedCall {
  const { request, secret } = asked
  const unready = (fault: PreparedCall['fault']) => ({ ...asked, fault, url: null, body: null })
  const url = URL.parse(request.url)
  const barrier = url ? barrierOf(url, reach) : 'scheme'
  if (barrier) return unready({ why: barrier })
  if (request.secret !== null && secret === null) return unready({ why: 'secret', secret: request.secret })
  try {
    return { ...asked, fault: null, url, body: bodyFor(asked) }
  } catch (error) {
    // A fault of Liquid names the body's own text; any other may quote values, so it is told by its kind alone.
    const fault = error instanceof RenderFault ? error.message : 'it could not be worked out'
    return unready({ why: 'body', fault })
  }
}

/** The same text at every try, as far as the facts are the same: its clock is that of the first. */
function bodyFor({ job: { call, scene }, request }: Asked): Buffer | null {
  const body = bodyOf(request)
  if (!body) return null
  const { member, plan, workspace } = scene
  const setting = {
    now: call.created_at.getTime(),
    timeZone: member.timeZone ?? plan.settings.timeZone ?? workspace.timeZone,
    locale: member.locale ?? workspace.locale,
  }
  return Buffer.from(renderBody(body, buildScope(scene), setting), 'utf8')
}

interface Around {
  /** What the other side knows the call by, however often it comes. */
  id: string
  body: Buffer | null
  signing: string | null
  /** The other side may want to do nothing for good. */
  test: boolean
}

function headersOf(request: PlanRequest, { id, body, signing, test }: Around): Record<string, string> {
  const written = Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value])
  const timestamp = Math.floor(Date.now() / 1_000)
  return {
    accept: 'application/json',
    ...(body && { 'content-type': 'application/json' }),
    ...Object.fromEntries(written),
    ...(body && { 'content-length': String(body.length) }),
    'accept-encoding': 'identity',
    'user-agent': 'Fanfare',
    'idempotency-key': id,
    ...(test && { 'fanfare-test': 'true' }),
    ...(signing !== null && signatureHeaders({ id, timestamp, body, secret: signing })),
  }
}
