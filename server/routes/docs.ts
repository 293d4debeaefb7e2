import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { openapi } from '../http/openapi.ts'
import { route } from '../http/route.ts'
import type { Content, Route } from '../http/route.ts'

const CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'", // Swagger UI sets styles on elements
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Fanfare API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
<link rel="icon" href="data:,">
<main id="docs"></main>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</html>
`

// Its default would send the document to a validator on another host.
const START = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#docs', validatorUrl: null, deepLinking: true })\n`

/** The document of `routes`, and a page for people that loads nothing from other hosts. */
export function docsRoutes(routes: readonly Route[]) {
  let document: object | undefined
  return [
    route({
      method: 'get',
      path: '/openapi.json',
      summary: 'This document',
      permission: 'public',
      responses: { 200: z.record(z.string(), z.unknown()) },
      async handle(_input, { publicUrl }) {
        document ??= openapi(routes, publicUrl)
        return { status: 200, body: { ...document } }
      },
    }),
    route({
      method: 'get',
      path: '/docs',
      summary: 'This document for people',
      permission: 'public',
      responses: { 200: { type: 'text/html' } },
      async handle() {
        return { status: 200, body: PAGE, headers: { 'content-security-policy': CSP } }
      },
    }),
    route({
      method: 'get',
      path: '/',
      summary: 'The way to /docs',
      permission: 'public',
      responses: { 302: z.null() },
      handle: async () => ({ status: 302, headers: { location: '/docs' }, body: null }),
    }),
    asset('start.js', 'application/javascript', async () => START),
    asset('swagger-ui-bundle.js', 'application/javascript', swaggerFile),
    asset('swagger-ui.css', 'text/css', swaggerFile),
  ]
}

function asset(name: string, type: Content['type'], read: (name: string) => Promise<string>) {
  return route({
    method: 'get',
    path: `/docs/${name}`,
    summary: 'A part of the page /docs',
    permission: 'public',
    responses: { 200: { type } },
    async handle(_input) {
      return { status: 200, body: await read(name), headers: { 'cache-control': 'public, max-age=3600' } }
    },
  })
}

function swaggerFile(name: string): Promise<string> {
  return readFile(new URL(import.meta.resolve(`swagger-ui-dist/${name}`)), 'utf8')
}
