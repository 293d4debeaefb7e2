/** The locale to use of those there are: the member's, then its language, then the template's default. */
export function pickLocale(
  locales: readonly string[],
  locale: string | null,
  fallback: string,
): string | undefined {
  const wished = [...narrowing(locale ?? ''), fallback.toLowerCase()]
  for (const wish of wished) {
    const found = locales.find((one) => one.toLowerCase() === wish)
    if (found !== undefined) return found
  }
  return undefined
}

/** `zh-Hant-TW`, `zh-Hant`, `zh`, in lower case. */
function narrowing(locale: string): string[] {
  const tags = locale.toLowerCase().replaceAll('_', '-').split('-')
  return tags.map((_, n) => tags.slice(0, tags.length - n).join('-'))
}

type ByLocale = Readonly<Record<string, unknown>>
const picked = new WeakMap<ByLocale, Map<string | null, string | undefined>>()

/** The same for one channel's contents, which are asked for each member again: remembered as long as they live. */
export function localeOf(contents: ByLocale, locale: string | null, fallback: string): string | undefined {
  let known = picked.get(contents)
  if (!known) picked.set(contents, (known = new Map()))
  if (!known.has(locale)) known.set(locale, pickLocale(Object.keys(contents), locale, fallback))
  return known.get(locale)
}
