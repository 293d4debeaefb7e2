import type { ConnectionOptions } from 'node:tls'
import type { SmtpSettings } from './settings.ts'

export interface Encryption {
  /** TLS from the first byte. */
  secure: boolean
  requireTLS: boolean
  ignoreTLS: boolean
  tls: ConnectionOptions
}

const STARTTLS_PORTS = new Set([25, 587])

/**
 * How a connection is encrypted. Beyond this machine TLS is a must when asked for, on the ports that stand for it and
 * wherever a password travels; on loopback only when asked for, and then any certificate will do.
 */
export function encryptionOf({ host, port, secure, user }: SmtpSettings): Encryption {
  const near = isLoopback(host)
  const fromStart = near ? (secure ?? port === 465) : port === 465 || secure === true
  const direct = fromStart && !STARTTLS_PORTS.has(port)
  const must = near ? secure === true : secure === true || port === 587 || user !== undefined
  return {
    secure: direct,
    requireTLS: !direct && must,
    ignoreTLS: near && !must,
    tls: { minVersion: 'TLSv1.2', rejectUnauthorized: !near },
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}
