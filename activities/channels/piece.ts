/** A stretch of text that is the same object in each message of a template: what is made of it can be kept by it. */
export interface Still {
  readonly text: string
}

/** A text in pieces: what its author wrote, and the values between. */
export type Piece = Still | string

export function textOf(pieces: readonly Piece[]): string {
  let text = ''
  for (const piece of pieces) text += typeof piece === 'string' ? piece : piece.text
  return text
}
