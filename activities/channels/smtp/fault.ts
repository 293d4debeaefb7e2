import type { Stage } from './reply.ts'

/** Why a connection or a hand-over failed, as it happened on the wire. */
export interface Fault {
  stage: Stage
  /** True once the final dot was written and no answer to it came back: the server may have the message. */
  inDoubt: boolean
  /** The server's refusal, where there was one. */
  reply?: string
  error: SmtpError
}

/** As the mail library makes them; `originalCode` is the system's own, such as ECONNREFUSED. */
export interface SmtpError extends Error {
  code?: string
  command?: string
  response?: string
  originalCode?: string
}

/** What became of a message: the server's consent, or why there is none. */
export type Handed = { reply: string } | { fault: Fault }

export function smtpError(code: string, message: string): SmtpError {
  return Object.assign(new Error(message), { code })
}

/** The server said no. */
export function refusal(stage: Stage, reply: string): Fault {
  return { stage, reply, inDoubt: false, error: smtpError('EREFUSED', reply) }
}
