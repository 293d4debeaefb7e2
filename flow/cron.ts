/** Five cron fields as the values they allow, in ascending order. A run comes when all five fit; Sunday is 0. */
export interface Cron {
  minutes: number[]
  hours: number[]
  days: number[]
  months: number[]
  weekdays: number[]
}

interface Field {
  name: string
  from: number
  to: number
  words?: string[]
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC']
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT']
const FIELDS: Field[] = [
  { name: 'minute', from: 0, to: 59 },
  { name: 'hour', from: 0, to: 23 },
  { name: 'day of the month', from: 1, to: 31 },
  { name: 'month', from: 1, to: 12, words: MONTHS },
  { name: 'day of the week', from: 0, to: 7, words: WEEKDAYS },
]

/** Reads cron text such as `0 9 * * 1` or `30 8,20 1-15/2 * MON-FRI`; a text is the fault in it, for people. */
export function readCron(text: string): Cron | string {
  const parts = text.trim().split(/\s+/)
  if (parts.length !== FIELDS.length) return 'Write five cron fields, such as 0 9 * * 1.'
  const read = FIELDS.map((field, at) => readField(field, parts[at] ?? ''))
  const fault = read.find((one) => typeof one === 'string')
  if (fault !== undefined) return fault
  const [minutes = [], hours = [], days = [], months = [], weekdays = []] = read as number[][] // no fault: all are lists
  return { minutes, hours, days, months, weekdays: sorted(weekdays.map((day) => day % 7)) }
}

/** The same as text of plain numbers, which every reader of cron takes for the same. */
export function writeCron({ minutes, hours, days, months, weekdays }: Cron): string {
  const all = [minutes, hours, days, months, weekdays]
  const sizes = [60, 24, 31, 12, 7]
  return all.map((values, at) => (values.length === sizes[at] ? '*' : values.join())).join(' ')
}

function readField(field: Field, text: string): number[] | string {
  const values: number[] = []
  for (const part of text.split(',')) {
    const read = readPart(field, part)
    if (typeof read === 'string') return read
    values.push(...read)
  }
  return sorted(values)
}

/** `*`, `5`, `MON`, `1-5`, and each of them with a step: from `5/15` on means from 5 to the end. */
function readPart(field: Field, part: string): number[] | string {
  const match = /^(\*(?!-)|[a-z\d]+)(?:-([a-z\d]+))?(?:\/(\d{1,2}))?$/i.exec(part)
  const step = Number(match?.[3] ?? 1)
  if (!match || step === 0)
    return `The ${field.name} "${part}" is not written as cron has it, such as 1-5 or */15.`
  const [first, last] = boundsOf(field, match)
  if (first === undefined || last === undefined)
    return `The ${field.name} "${part}" is not between ${field.from} and ${field.to}.`
  if (first > last) return `The ${field.name} "${part}" runs backwards.`
  return stepping(first, last, step)
}

function boundsOf(field: Field, [, from = '', to, step]: RegExpExecArray): (number | undefined)[] {
  if (from === '*') return [field.from, endOf(field)]
  return [valueOf(field, from), step && !to ? endOf(field) : valueOf(field, to ?? from)]
}

function stepping(first: number, last: number, step: number): number[] {
  return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, n) => first + n * step)
}

/** Sunday is 0 and 7; `*` counts it once. */
function endOf({ to, words }: Field): number {
  return words === WEEKDAYS ? 6 : to
}

function valueOf({ from, to, words }: Field, text: string): number | undefined {
  const word = words?.indexOf(text.toUpperCase()) ?? -1
  const value = word >= 0 ? word + from : /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN
  return value >= from && value <= to ? value : undefined
}

function sorted(values: number[]): number[] {
  return [...new Set(values)].toSorted((a, b) => a - b)
}
