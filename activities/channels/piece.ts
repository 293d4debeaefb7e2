/** A stretch of text that is the same object in each message of a template: what is made of it can be kept by it. */
export interface Still {
  readonly text: string
}

/** A text in pieces: what its author wrote, and the values between. */
export type Piece = Still | string

export function textOf(pieces: readonly Piece[]): string {
  let text = ''
  for (const piece of pieces) text += pieceText(piece)
  return text
}

export function pieceText(piece: Piece): string {
  return typeof piece === 'string' ? piece : piece.text
}

/** Whether each piece can be read by itself: none ends with half of a line break or of a character. */
export function areWhole(pieces: readonly Piece[]): boolean {
  return !pieces.some((piece) => {
    const text = pieceText(piece)
    const last = text.charCodeAt(text.length - 1)
    return last === CARRIAGE_RETURN || (last >= 0xd800 && last < 0xdc00)
  })
}

const CARRIAGE_RETURN = 13

/** `make` of a still piece, made once for all messages. */
export function keeping<T>(make: (text: string) => T): (piece: Piece) => T {
  const kept = new WeakMap<Still, T>()
  return (piece) => {
    if (typeof piece === 'string') return make(piece)
    const known = kept.get(piece)
    if (known !== undefined) return known
    const made = make(piece.text)
    kept.set(piece, made)
    return made
  }
}
