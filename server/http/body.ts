import express from 'express'
import type { Request, Response } from 'express'
import type { Issue } from '../../db/fault.ts'
import { pathOf } from './issues.ts'
import { Problem } from './problem.ts'

const BODY_LIMIT = 1024 * 1024
const DEEPEST = 100

const readBytes = express.raw({ type: () => true, limit: BODY_LIMIT })

/** The whole body, unpacked; empty when there is none. */
export async function readBody(request: Request, response: Response): Promise<Buffer> {
  await new Promise<void>((resolve, reject) => {
    readBytes(request, response, (error?: unknown) => (error ? reject(refusal(error)) : resolve()))
  })
  return Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
}

/** Parses JSON that a database and a recursive reader survive. Throws 415, 400 or 422. */
export function parseJson(bytes: Buffer, contentType: string | undefined): unknown {
  if (!/^application\/(?:[\w.-]+\+)?json\s*(;|$)/i.test(contentType ?? '')) {
    throw new Problem({ status: 415, code: 'content-type', detail: 'Send the body as application/json.' })
  }
  const text = decode(bytes)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new Problem({ status: 400, code: 'bad-json', detail: 'The body is not JSON.' })
  }
  const issues = hostile(text) ? strange(value) : []
  if (depthOf(bytes) > DEEPEST) {
    issues.push({ path: '', code: 'too-deep', message: `Nest objects and arrays at most ${DEEPEST} deep.` })
  }
  if (issues.length > 0) {
    throw new Problem({
      status: 422,
      code: 'invalid',
      detail: 'The request is not valid; see issues.',
      issues,
    })
  }
  return value
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new Problem({ status: 400, code: 'bad-encoding', detail: 'The body is not UTF-8.' })
  }
}

function refusal(error: unknown): Problem {
  const type = error instanceof Error && 'type' in error ? error.type : undefined
  if (type === 'entity.too.large') {
    return new Problem({
      status: 413,
      code: 'too-large',
      detail: 'A body is at most 1 MiB. Send several requests.',
    })
  }
  if (type === 'encoding.unsupported') {
    return new Problem({
      status: 415,
      code: 'content-encoding',
      detail: 'Send the body plain, or as gzip, deflate or br.',
    })
  }
  return new Problem({ status: 400, code: 'bad-body', detail: 'The body did not arrive whole.' })
}

// Cheap looks at the text decide whether the walk through the values is needed: it almost never is.
const hostile = (text: string): boolean => /\\u(?:0000|d[89a-f]|005f)|__proto__/i.test(text)

/** PostgreSQL stores neither U+0000 nor half of a surrogate pair; `__proto__` is never a property that was meant. */
function strange(value: unknown): Issue[] {
  const issues: Issue[] = []
  const open: { value: unknown; path: PropertyKey[] }[] = [{ value, path: [] }]
  for (let at = open.pop(); at; at = open.pop()) {
    if (typeof at.value === 'string' && !storable(at.value)) issues.push(badText(at.path))
    if (typeof at.value !== 'object' || at.value === null) continue
    for (const [key, inner] of Object.entries(at.value)) {
      const path = [...at.path, Array.isArray(at.value) ? Number(key) : key]
      if (key === '__proto__' || !storable(key)) issues.push(badText(path))
      else if (path.length <= DEEPEST) open.push({ value: inner, path })
    }
  }
  return issues
}

const storable = (text: string): boolean => !text.includes('\0') && text.isWellFormed()

function badText(path: PropertyKey[]): Issue {
  return {
    path: pathOf(path).toWellFormed().replaceAll('\0', '\uFFFD'),
    code: 'bad-text',
    message: 'This text cannot be stored.',
  }
}

function depthOf(bytes: Buffer): number {
  let depth = 0
  let deepest = 0
  let inString = false
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]
    if (inString) {
      if (byte === 0x5c) i++
      else if (byte === 0x22) inString = false
    } else if (byte === 0x22) inString = true
    else if (byte === 0x7b || byte === 0x5b) deepest = Math.max(deepest, ++depth)
    else if (byte === 0x7d || byte === 0x5d) depth--
  }
  return deepest
}
