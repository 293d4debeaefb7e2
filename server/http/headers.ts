import type { NextFunction, Request, Response } from 'express'

// Pages (docs, unsubscribe, portal) widen this in their own answer; data needs none of it.
const CSP = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

/** Headers that every answer carries unless its route says otherwise. */
export function securityHeaders(publicUrl: string) {
  const headers: Record<string, string> = {
    'content-security-policy': CSP,
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cache-control': 'no-store',
    ...(publicUrl.startsWith('https:') && { 'strict-transport-security': 'max-age=31536000' }),
  }
  return (_request: Request, response: Response, next: NextFunction): void => {
    response.set(headers)
    next()
  }
}
