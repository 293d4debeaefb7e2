import type { TestServer } from './start-server.ts'

/** Opens the stream and reads until `enough` is said. */
export async function listen(server: TestServer, key: string) {
  const response = await fetch(`${server.base}/v1/stream`, { headers: { authorization: `Bearer ${key}` } })
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  const until = async (enough: string): Promise<string> => {
    while (!text.includes(enough)) {
      const { value, done } = await reader.read()
      if (done) return `${text}[end]`
      text += value
    }
    return text
  }
  return { response, until, end: () => reader.cancel() }
}
