import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import type { z } from 'zod'
import type { Tx } from '../../db/pool.ts'
import type { Context, Services } from './context.ts'
import type { Permission } from './permission.ts'
import type { Stream } from './stream.ts'

/**
 * A route is data: the server, its OpenAPI document, the permission test and the client's types all read it.
 *
 *     export const noteRoutes = [
 *       route({
 *         method: 'put',
 *         path: '/v1/notes/:id',
 *         summary: 'Replace a note',
 *         permission: 'notes:write',                          // or 'public': no key, the context has no workspace
 *         params: z.strictObject({ id: edgeId('note') }),     // a wrong param is 404; edgeId gives the number
 *         query: z.strictObject({ draft: z.stringbool().optional() }),
 *         body: z.strictObject({ text: z.string().max(500) }).meta({ id: 'Note' }),
 *         responses: { 200: noteView },
 *         ifMatch: true,                                      // If-Match is required; input.revision is its number
 *         async handle({ params, body, revision }, { db, workspace }) {
 *           const note = await db.inWorkspace(workspace, (tx) => replaceNote(tx, { ...params, ...body, revision }))
 *           return { status: 200, body: presentNote(note) }
 *         },
 *       }),
 *     ]
 *
 * - Say no with db/fault.ts: `throw missing('note')` 404, `throw conflict('note-locked', '…')` 409,
 *   `throw invalid([{ path, code, message }])` 422; other statuses with `new Problem(…)` of problem.ts.
 * - Lists: paging.ts (`pagingQuery`, `pageOf`, `listOf`).
 * - `idempotent: true` requires Idempotency-Key. Do all work inside `input.once(async (tx) => answer)`: the answer is
 *   kept in the same transaction as its effects, so a crash leaves both or neither and twins wait for each other.
 * - A body is JSON unless `contentType: 'any'`: then `input.raw` holds the bytes, and `input.headers` and `input.url`
 *   what a signature covers.
 * - A body of any length is read as it arrives: `streams: ['text/csv']` names its content types; `input.stream` has the one
 *   that was sent and the bytes, and `input.key` the Idempotency-Key, if there is one.
 * - Other answers than JSON: `responses: { 200: { type: 'text/html' } }`, with a string, a Buffer or, for a stream,
 *   a function of the socket's response as body; JSON that takes long is `{ json, lines }`, with an object or such a
 *   function; a redirect is `responses: { 302: z.null() }` with `headers.location`.
 */
export function route<
  A extends Permission | 'public',
  R extends Responses,
  P extends z.ZodType = z.ZodObject<Record<never, never>>,
  Q extends z.ZodType = z.ZodObject<Record<never, never>>,
  B extends z.ZodType = z.ZodUndefined,
  I extends boolean = false,
  M extends boolean = false,
  const S extends readonly string[] = [],
>(spec: RouteOf<A, R, P, Q, B, I, M, S>): RouteOf<A, R, P, Q, B, I, M, S> {
  return spec
}

/** Any route, as the server and the document see it: what its handler takes is known to `mount` alone. */
export interface Route extends Omit<
  RouteOf<
    Permission | 'public',
    Responses,
    z.ZodType,
    z.ZodType,
    z.ZodType,
    boolean,
    boolean,
    readonly string[]
  >,
  'handle'
> {
  handle(input: never, context: never): Promise<Answer<Responses>>
}

interface RouteOf<
  A extends Permission | 'public',
  R extends Responses,
  P extends z.ZodType,
  Q extends z.ZodType,
  B extends z.ZodType,
  I extends boolean,
  M extends boolean,
  S extends readonly string[],
> {
  method: 'get' | 'post' | 'put' | 'delete'
  /** Express syntax, parameters as `:name`. */
  path: string
  summary: string
  permission: A
  params?: P
  query?: Q
  body?: B
  contentType?: 'any'
  responses: R
  idempotent?: I
  ifMatch?: M
  streams?: S
  handle(
    input: Input<P, Q, B> & Once<I, R> & Revision<M> & Streamed<S>,
    context: 'public' extends A ? Services : Context,
  ): Promise<Answer<NoInfer<R>>>
}

export type Responses = Record<number, z.ZodType | Content | Lined>

/** JSON; or, as application/x-ndjson, lines about what is under way and last the same JSON. */
interface Lined {
  json: z.ZodType
  lines: z.ZodType
}

/** A body that is not JSON. */
export interface Content {
  type: 'text/html' | 'text/plain' | 'text/css' | 'text/event-stream' | 'image/gif' | 'application/javascript'
}

interface Input<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> {
  params: z.output<P>
  query: z.output<Q>
  body: z.output<B>
  raw: Buffer
  headers: IncomingHttpHeaders
  /** Path and query as they were asked for. */
  url: string
  /** Asked with HEAD: somebody looks where this leads and does not go there. */
  head: boolean
  /** Aborted when the caller goes away before the answer is complete. */
  gone: AbortSignal
}

type Once<I, R extends Responses> = I extends true
  ? { once(work: (tx: Tx) => Promise<Answer<R>>): Promise<Answer<R>> }
  : unknown
type Streamed<S extends readonly string[]> = S extends readonly [string, ...string[]]
  ? { stream: Stream; key: string | undefined }
  : unknown
type Revision<M> = M extends true ? { revision: number } : unknown

export type Answer<R extends Responses> = {
  [S in keyof R & number]: { status: S; body: BodyOf<R[S]>; headers?: Record<string, string> }
}[keyof R & number]

type BodyOf<T> = T extends z.ZodType
  ? z.input<T>
  : T extends Lined
    ? z.input<T['json']> | Writer
    : string | Buffer | Writer

type Writer = (response: ServerResponse) => Promise<void>
