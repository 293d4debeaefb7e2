import { type Context, filters, type Liquid } from 'liquidjs'
import { sheetOf } from './sheet.ts'

const DATE_FILTERS = ['date', 'date_to_xmlschema', 'date_to_rfc822', 'date_to_string', 'date_to_long_string']

interface FilterThis {
  context: Context
}
type Handler = (this: FilterThis, ...values: unknown[]) => unknown

/** Date filters in the language, zone and moment of the sheet, so that a message reads the same when made again. */
export function registerDates(liquid: Liquid): void {
  for (const name of DATE_FILTERS) {
    // the built-in date filters are all plain functions
    const builtIn = (filters as Record<string, Handler>)[name]
    if (builtIn) liquid.registerFilter(name, inSetting(builtIn))
  }
}

function inSetting(builtIn: Handler): Handler {
  return function (value, ...rest) {
    const { setting } = sheetOf(this.context)
    const opts = { ...this.context.opts, locale: setting.locale, timezoneOffset: setting.timeZone }
    const context = Object.create(this.context, { opts: { value: opts } }) as Context // the same context, other options
    const date = value === 'now' || value === 'today' ? new Date(setting.now) : value
    return builtIn.call({ context }, date, ...rest)
  }
}
