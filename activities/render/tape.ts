import {
  type Context,
  type Emitter,
  LiquidError,
  RenderError,
  type Template,
  toValue,
  toValueSync,
} from 'liquidjs'
import type { Piece, Still } from '../channels/piece.ts'

/** What Liquid writes on, in pieces: what is still stays apart from values. */
export class Tape implements Emitter {
  readonly pieces: Piece[] = []
  buffer = ''

  write(value: unknown): void {
    const text = typeof value === 'string' ? value : written(value)
    if (text === '') return
    this.buffer += text
    this.pieces.push(text)
  }

  still(still: Still): void {
    this.buffer += still.text
    this.pieces.push(still)
  }
}

/** As Liquid renders templates, without a look at the clock and a generator for each: a tenth of a mail's time. */
export function renderOn(tape: Tape, templates: readonly Template[], context: Context): void {
  context.renderLimit.check(1)
  for (const template of templates) {
    context.renderLimit.check(1)
    try {
      const written: unknown = toValueSync(template.render(context, tape))
      if (written) tape.write(written)
    } catch (error) {
      throw LiquidError.is(error) ? error : new RenderError(error as Error, template) // nothing throws anything else
    }
    if (context.breakCalled || context.continueCalled) return
  }
}

/** Puts a piece on whatever Liquid writes on here: inside `capture` it is no tape. */
export function put(piece: Piece, emitter: Emitter): void {
  if (typeof piece === 'string') emitter.write(piece)
  else if (emitter instanceof Tape) emitter.still(piece)
  else emitter.write(piece.text)
}

/** As Liquid's own emitters write what is no text. */
function written(value: unknown): string {
  const plain: unknown = toValue(value)
  if (plain === null || plain === undefined) return ''
  // oxlint-disable-next-line no-base-to-string -- as Liquid does with an object, too
  return Array.isArray(plain) ? plain.map(written).join('') : String(plain)
}
