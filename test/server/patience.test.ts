import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, expect, test } from 'vitest'
import { limitPatience, partsOf } from '../../server/http/patience.ts'

const closing: (() => void)[] = []
afterEach(() => closing.splice(0).forEach((close) => close()))

/** A server of little patience, and a connection to it. */
async function meet(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<Socket> {
  const server = createServer({ requestTimeout: 0 }, answer)
  limitPatience(server, 100)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // a TCP server's address is an object
  const socket = connect(port, '127.0.0.1')
  closing.push(
    () => socket.destroy(),
    () => void server.close(),
  )
  return socket
}

const HALF = 'POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 10\r\n\r\nhalf'

test('a request that does not arrive whole is told so, and its connection ends', async () => {
  const socket = await meet(() => {})
  socket.write(HALF)
  expect(await text(socket)).toMatch(/^HTTP\/1.1 408 /)
})

test('a stream whose next part does not come ends for whoever reads it', async () => {
  const read = Promise.withResolvers<string[]>()
  const parts: string[] = []
  const socket = await meet((request) => {
    const reading = async () => {
      for await (const part of partsOf(request)) parts.push(part.toString())
      return parts
    }
    reading().then(read.resolve, read.reject)
  })
  socket.on('error', () => {})
  socket.write(HALF)
  await expect(read.promise).rejects.toThrow('aborted')
  expect(parts).toEqual(['half'])
})

test('what is done with a part of a stream is not the time of whoever sends it', async () => {
  const answered = Promise.withResolvers<string>()
  const socket = await meet((request, response) => {
    const reading = async () => {
      let whole = ''
      for await (const part of partsOf(request)) {
        whole += part.toString()
        if (whole !== 'half') continue
        await new Promise((worked) => setTimeout(worked, 150)) // longer than the sender would be given
        socket.write('-there')
      }
      response.end(whole)
      return whole
    }
    reading().then(answered.resolve, answered.reject)
  })
  socket.write(HALF)
  expect(await answered.promise).toBe('half-there')
})
