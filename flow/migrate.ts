import { flowDocumentSchema, type FlowDocument } from './document.ts'

/** A stored document in today's shape. It was checked when it was stored, so what cannot be read here is a defect. */
export function migrate(stored: unknown): FlowDocument {
  return flowDocumentSchema.parse(stored)
}
