/**
 * A value in HTML that reads the same in text, whatever stands around it: words with single blanks between, without
 * tags and without anything that conversion to text treats apart. The first test answers for almost all of them.
 */
export function isTame(value: string): boolean {
  return QUICK.test(value) || (ESCAPED.test(value) && !UNSETTLED.test(unescaped(value)))
}

/** The text of an escaped value. */
export function unescaped(value: string): string {
  return value.includes('&')
    ? value.replace(/&(?:amp|lt|gt|#34|#39);/g, (entity) => CHARACTERS[entity] ?? '')
    : value
}

const QUICK = /^[!#-%(-;=?-~]+(?: [!#-%(-;=?-~]+)*$/
const ESCAPED = /^(?:[^&<>"']|&(?:amp|lt|gt|#34|#39);)+$/
const UNSETTLED = /[\p{Cc}\p{Cs}\u200b\u2028-\u202e\u2066-\u2069]| {2}|^\s|\s$/u

const CHARACTERS: Record<string, string> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&#34;': '"',
  '&#39;': "'",
}
