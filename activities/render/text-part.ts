import { type Piece, type Still, textOf } from '../channels/piece.ts'
import { textOfHtml } from './content-text.ts'
import { isTame } from './tame.ts'
import { fillShape, type TextShape, textShape } from './text-shape.ts'

/** The text part of a mail whose HTML is in pieces: in pieces, too, where values go over as they are. */
export type TextPart = (html: readonly Piece[]) => readonly Piece[]

/** Enough for the branches that the members of most templates take. */
const SHAPES_AT_MOST = 32
/** Longer values, and longer loops, hardly come twice. */
const LONGEST = 2_000
const PIECES_AT_MOST = 300

/**
 * Converting an HTML to text costs more than all the rest of a mail, so it is done once for all messages of a shape: the
 * same pieces in the same order, whatever the values, as far as those are tame. A value that is not is part of the shape.
 */
export function textPart(): TextPart {
  const root: Branch = { next: new Map(), shape: undefined }
  let shapes = 0

  /** Undefined where there is no room for another shape. */
  const branchOf = (html: readonly Piece[]): Branch | undefined => {
    if (html.length > PIECES_AT_MOST) return undefined
    let branch = root
    let grows = false
    for (const piece of html) {
      const key = typeof piece === 'string' && isTame(piece) ? TAME : piece
      let next = branch.next.get(key)
      if (!next) {
        if (!grows && (shapes += 1) > SHAPES_AT_MOST) return undefined
        if (typeof key === 'string' && key.length > LONGEST) return undefined
        grows = true
        next = { next: new Map(), shape: undefined }
        branch.next.set(key, next)
      }
      branch = next
    }
    return branch
  }

  return (html) => {
    const branch = branchOf(html)
    if (branch && branch.shape === undefined) branch.shape = textShape(html)
    return (branch?.shape && fillShape(branch.shape, html)) ?? [textOfHtml(textOf(html))]
  }
}

/** One way that pieces go on; shapes are leaves. */
interface Branch {
  next: Map<Piece, Branch>
  /** Null when the texts of this shape are not all alike. */
  shape: TextShape | null | undefined
}

const TAME: Still = { text: '' }
