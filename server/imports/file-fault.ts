import type { Issue } from '../../db/fault.ts'

interface FileFaultOptions {
  code: string
  message: string
  /** Where it shows; none of the whole file. */
  line?: number
  issues?: Issue[]
}

/** A file cannot be read on from this line. The rows before it are as good as ever. */
export class FileFault extends Error {
  readonly code: string
  readonly issues: Issue[]

  constructor({ code, message, line, issues = [] }: FileFaultOptions) {
    super(line === undefined ? message : `Line ${line}: ${message}`)
    this.code = code
    this.issues = issues
  }
}
