/** A request as it is drawn or planned. */
interface Drawn {
  body?: string | null | undefined
  headers?: Record<string, string> | undefined
}

/** Its body with whether it is JSON, as it is unless its content type says otherwise; null when it has none. */
export function bodyOf({ body, headers = {} }: Drawn): { source: string; json: boolean } | null {
  if (body === undefined || body === null) return null
  const type = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1]
  return { source: body, json: type === undefined || /^[^;]*\bjson\b/i.test(type) }
}
