/** A fault or a doubt in a drawing. Errors refuse publishing, warnings do not. */
export interface Problem {
  code: string
  /** The node it is at; null when it is about the whole flow. */
  nodeId: string | null
  /** From the document's root: `nodes.congrats.route.hops.telegram`. */
  path: string
  /** What is wrong and what remedies it. */
  message: string
  severity: 'error' | 'warning'
}
