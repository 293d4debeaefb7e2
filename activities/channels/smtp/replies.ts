const MOST = 65_536

/**
 * Cuts what a server sends into replies and tells each: its lines joined by line breaks. False when what came can be
 * no reply, however it goes on.
 */
export function replyReader(tell: (reply: string) => void): (chunk: Buffer) => boolean {
  let unread = ''
  let begun = ''
  return (chunk) => {
    unread += chunk.toString('latin1')
    let from = 0
    for (let end = unread.indexOf('\n'); end >= 0; end = unread.indexOf('\n', from)) {
      const line = unread.slice(from, unread.charAt(end - 1) === '\r' ? end - 1 : end)
      from = end + 1
      if (line.charAt(3) === '-') begun += `${line}\n`
      else if (line !== '') {
        const reply = begun + line
        begun = ''
        tell(decoded(reply))
      }
    }
    unread = unread.slice(from)
    return unread.length + begun.length <= MOST
  }
}

// Replies have no declared charset; nearly all are ASCII, the others mostly UTF-8 (RFC 6531 3.7.4.2).
function decoded(reply: string): string {
  if (!/[\x80-\xff]/.test(reply)) return reply
  const text = Buffer.from(reply, 'latin1').toString('utf8')
  return text.includes('\uFFFD') ? reply : text
}
