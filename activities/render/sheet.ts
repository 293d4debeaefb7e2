import { AssertionError, Context, type Liquid } from 'liquidjs'
import type { Scope } from '../../flow/scope.ts'
import type { Page } from './page.ts'

/** What a render takes from its surroundings: never the machine's own clock, zone or language. */
export interface Setting {
  /** Milliseconds since 1970; `now` and `today` in a template. */
  now: number
  timeZone: string
  locale: string
}

/** A mail of a thousand lines takes twenty thousand. */
const STEPS_AT_MOST = 100_000

/** A Liquid context that knows its setting, and the page whose links it writes. */
export class Sheet extends Context {
  readonly setting: Setting
  readonly page: Page

  constructor(liquid: Liquid, scope: Scope, { setting, page }: { setting: Setting; page: Page }) {
    super(scope, liquid.options, { sync: true }, { liquid })
    this.setting = setting
    this.page = page
    this.renderLimit.check = stepLimit()
  }
}

/** Counts steps where Liquid reads the clock: a busy machine refuses no message, and what failed once fails again. */
function stepLimit(): () => void {
  let steps = 0
  return () => {
    steps += 1
    if (steps > STEPS_AT_MOST) throw new AssertionError('step limit exceeded')
  }
}

/** The sheet a filter or tag writes on; ours are used in no other context. */
export function sheetOf(context: Context): Sheet {
  if (context instanceof Sheet) return context
  throw new TypeError('Rendering outside a sheet')
}
