import { expect, test } from 'vitest'
import express from 'express'
import { once } from 'node:events'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { drain, listen } from '../../server/http/listen.ts'
import { startServer } from './start-server.ts'

test('a request in flight is answered, and no new one is taken', async () => {
  const arrived = Promise.withResolvers<void>()
  const release = Promise.withResolvers<void>()
  const app = express().get('/', async (_request, response) => {
    arrived.resolve()
    await release.promise
    response.end('whole')
  })
  const server = await listen(app, { host: '127.0.0.1', port: 0 })
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const answer = fetch(base)
  await arrived.promise
  const gone = drain(server)
  await expect(fetch(base)).rejects.toThrow('fetch failed')
  release.resolve()
  expect(await (await answer).text()).toBe('whole')
  await gone
})

test('a connection that has asked nothing holds nobody up', async () => {
  const server = await listen(express(), { host: '127.0.0.1', port: 0 })
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  await once(server, 'connection')
  await Promise.all([drain(server), once(socket, 'close')])
  expect(server.listening).toBe(false)
})

test('open streams end with the process', async () => {
  const server = await startServer()
  const response = await fetch(`${server.base}/v1/stream`, {
    headers: { authorization: `Bearer ${server.key}` },
  })
  const body = response.text()
  await server.close()
  expect(await body).toContain('event: sync')
})

test('a port in use is explained', async () => {
  const first = await listen(express(), { host: '127.0.0.1', port: 0 })
  const { port } = first.address() as AddressInfo
  await expect(listen(express(), { host: '127.0.0.1', port })).rejects.toThrow(
    `Port ${port} is in use. Set PORT`,
  )
  await drain(first)
})
