import type { Issue } from '../../db/fault.ts'

interface FileFaultOptions {
  code: string
  /** A sentence that goes on after "Line 7: ". */
  message: string
  line: number
  issues?: Issue[]
}

/** A file cannot be read on from this line. The rows before it are as good as ever. */
export class FileFault extends Error {
  readonly code: string
  readonly issues: Issue[]

  constructor({ code, message, line, issues = [] }: FileFaultOptions) {
    super(`Line ${line}: ${message}`)
    this.code = code
    this.issues = issues
  }
}
