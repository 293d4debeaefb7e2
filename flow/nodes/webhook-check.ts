import { durationMs } from '../duration.ts'
import { error, warning, type Fault } from '../fault.ts'
import { barrierOf, isListed, type Barrier } from '../reach.ts'
import type { Place } from './node-spec.ts'
import type { FlowNode } from './schema.ts'

type WebhookNode = Extract<FlowNode, { kind: 'webhook' }>

/** How long an answer may take unless the step says otherwise. */
export const TIMEOUT = 'PT10S'
const SHORTEST_MS = 1_000
const LONGEST_MS = 60_000

export function checkWebhook({ request, timeout = TIMEOUT }: WebhookNode, { catalog }: Place): Fault[] {
  return [
    ...checkUrl(request.url, catalog),
    ...checkHeaders(request.headers ?? {}),
    ...checkBody(request),
    ...checkSecret(request.secret, catalog),
    ...checkTimeout(timeout),
  ]
}

const UNREACHABLE: Record<Exclude<Barrier, 'scheme' | 'sign-in'>, string> = {
  port: 'This port is not one of the web, so it is never called. Use 443, 80 or one from 1024 on, or have the host named in FANFARE_WEBHOOK_HOSTS.',
  address:
    'This address is not public, so it is never called. Use a public one, or have the host named in FANFARE_WEBHOOK_HOSTS.',
}

function checkUrl(text: string, { reach }: Place['catalog']): Fault[] {
  const place = 'request.url'
  const url = /^https?:\/\/[^\s/?#]/i.test(text) ? URL.parse(text) : null
  if (!url) return [error('webhook-url', place, 'Write a full address that begins with https://.')]
  const barrier = barrierOf(url, reach)
  if (barrier === 'sign-in')
    return [error('webhook-url', place, 'Leave user and password out of the address. Send them in a header.')]
  const unreachable = barrier && barrier !== 'scheme' ? UNREACHABLE[barrier] : null
  return [
    ...(unreachable ? [warning('webhook-unreachable', place, unreachable)] : []),
    ...(isOpen(url, reach) && !unreachable ? [warning('webhook-open', place, OPEN)] : []),
    ...(isLiquid(text) ? [literal(place)] : []),
  ]
}

const OPEN = 'Everybody on the way can read this request. Use https:// where the other side has it.'

/** Unencrypted, and not on a network of one's own. */
function isOpen(url: URL, reach: Place['catalog']['reach']): boolean {
  const near = isListed(url, reach) || barrierOf(url, { ...reach, loopback: false }) === 'address'
  return url.protocol === 'http:' && !near
}

/** Headers that belong to the connection, and those that every call carries anyway. */
const OURS =
  /^(host|content-length|transfer-encoding|connection|keep-alive|upgrade|te|trailer|expect|proxy-.*|accept-encoding|user-agent|idempotency-key|webhook-(id|timestamp|signature)|fanfare-.*)$/i

function checkHeaders(headers: Record<string, string>): Fault[] {
  const names = Object.keys(headers).map((name) => name.toLowerCase())
  return Object.entries(headers).flatMap(([name, value], at) => {
    const place = `request.headers.${name}`
    if (OURS.test(name)) return [error('webhook-header', place, 'Every call has this header. Leave it out.')]
    if (names.indexOf(name.toLowerCase()) !== at)
      return [error('webhook-header', place, 'This header is there twice. Keep one.')]
    return isLiquid(value) ? [literal(place)] : []
  })
}

const isLiquid = (text: string): boolean => /\{[{%]/.test(text)

function literal(place: string): Fault {
  return warning('webhook-literal', place, 'This is sent as it is written. Put values into the body.')
}

function checkBody({ method, body }: WebhookNode['request']): Fault[] {
  if (method !== 'GET' || body === undefined) return []
  return [error('webhook-body', 'request.body', 'A GET has no body. Choose POST, or remove the body.')]
}

function checkSecret(name: string | undefined, { secrets }: Place['catalog']): Fault[] {
  if (name === undefined || secrets.includes(name)) return []
  const message = `There is no secret *${name}*. Store it in the settings, or choose another.`
  return [error('no-secret', 'request.secret', message)]
}

function checkTimeout(timeout: string): Fault[] {
  const ms = durationMs(timeout) ?? 0
  if (ms >= SHORTEST_MS && ms <= LONGEST_MS) return []
  const message = 'Wait for an answer between 1 second and 1 minute (PT1S to PT1M).'
  return [error('webhook-timeout', 'timeout', message)]
}
