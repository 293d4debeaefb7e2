import { escapeHtml } from '../../activities/render/html-tags.ts'

/** Markup that is safe to write as it is. */
export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

type Value = string | number | Html | Html[] | false | null

/** A template tag: values are escaped, markup stays markup, `false` and `null` write nothing. */
export function html(parts: TemplateStringsArray, ...values: Value[]): Html {
  return new Html(String.raw({ raw: parts }, ...values.map(written)))
}

function written(value: Value): string {
  if (value === false || value === null) return ''
  if (Array.isArray(value)) return value.map((one) => one.text).join('')
  return value instanceof Html ? value.text : escapeHtml(String(value))
}
