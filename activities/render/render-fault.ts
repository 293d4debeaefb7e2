import { LiquidError, UndefinedVariableError } from 'liquidjs'

export type RenderFaultCode = 'missing-variable' | 'empty' | 'limit' | 'not-json' | 'failed'

/**
 * A content could not be made for one member. The message completes "could not be filled" and is made of the template's
 * own text: Liquid's messages can carry values, so none of them passes on.
 */
export class RenderFault extends Error {
  readonly code: RenderFaultCode
  /** `html`, `subject`, `params`. */
  readonly field: string
  /** The variable as the template writes it, for `missing-variable`. */
  readonly variable: string | null

  constructor(fault: { code: RenderFaultCode; field: string; variable?: string | null }) {
    super(say(fault))
    this.name = 'RenderFault'
    this.code = fault.code
    this.field = fault.field
    this.variable = fault.variable ?? null
  }
}

/** What Liquid threw while it filled in `field`. */
export function renderFault(error: unknown, field: string): RenderFault {
  if (error instanceof RenderFault) return error
  if (!(error instanceof LiquidError)) return new RenderFault({ code: 'failed', field })
  if (error instanceof UndefinedVariableError) {
    return new RenderFault({ code: 'missing-variable', field, variable: error.token.getText().slice(0, 200) })
  }
  if (error.originalError instanceof LiquidError) return renderFault(error.originalError, field)
  const { originalError: cause } = error
  // A RangeError is a text beyond what the machine can hold, or nesting beyond its stack.
  const limited = cause instanceof RangeError || cause?.message.endsWith('limit exceeded') === true
  return new RenderFault({ code: limited ? 'limit' : 'failed', field })
}

function say({
  code,
  field,
  variable,
}: {
  code: RenderFaultCode
  field: string
  variable?: string | null
}): string {
  switch (code) {
    case 'missing-variable':
      return `no value for ${variable} in ${field}`
    case 'empty':
      return variable ? `${variable} in ${field} is empty` : `nothing is left of ${field}`
    case 'limit':
      return `${field} is too much work to fill in`
    case 'not-json':
      return `${field} is no JSON with the values given`
    case 'failed':
      return `${field} cannot be worked out from the values given`
  }
}
