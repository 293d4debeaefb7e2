import type { Request } from 'express'
import { allows } from './permission.ts'
import type { Permission } from './permission.ts'
import type { Principal } from './principal.ts'
import { Problem } from './problem.ts'

/** Who a key belongs to; undefined for an unknown or revoked one. */
export type Authenticate = (key: string) => Promise<Principal | undefined>

export async function authorise(
  request: Request,
  permission: Permission,
  authenticate: Authenticate,
): Promise<Principal> {
  const key = /^Bearer +(\S{1,500})$/i.exec(request.headers.authorization ?? '')?.[1]
  if (!key) throw unauthorised('Send an API key: `Authorization: Bearer <key>`.')
  const principal = await authenticate(key)
  if (!principal) throw unauthorised('This API key is unknown or revoked.')
  if (!allows(principal.scopes, permission)) {
    throw new Problem({
      status: 403,
      code: 'forbidden',
      detail: `This API key lacks the scope ${permission}.`,
    })
  }
  return principal
}

function unauthorised(detail: string): Problem {
  return new Problem({ status: 401, code: 'unauthorised', detail, headers: { 'www-authenticate': 'Bearer' } })
}
