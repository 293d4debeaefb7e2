import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer, type Answer, type CallInit, type TestServer } from './start-server.ts'

let server: TestServer
beforeAll(async () => void (server = await startServer()))
afterAll(() => server.close())

const CSV = { 'content-type': 'text/csv' }
const send = (raw: CallInit['raw'], { query = '', headers = {} } = {}): Promise<Answer> =>
  server.call('POST', `/v1/members/import${query}`, { raw: raw!, headers: { ...CSV, ...headers } })
const member = async (id: string) => (await server.call('GET', `/v1/members/${id}`)).body

test('members of a CSV file are stored by what its columns are called', async () => {
  const { status, body } = await send(
    'external_id;E-mail;phone;Time zone;preferredChannels;attributes.name;attributes.points:number;tags\r\n' +
      'ana;ana@x.example;+34600000001;Europe/Madrid;email|sms;"Ana; ""la grande""";12.5;vip|new\r\n' +
      'bob;;;;;"Bob\r\nof two lines";;\r\n',
  )
  expect(body).toMatchObject({ rows: 2, accepted: 2, rejected: [], rejectedRows: 0 })
  expect(status).toBe(200)
  expect(await member('ana')).toMatchObject({
    email: 'ana@x.example',
    phone: '+34600000001',
    timeZone: 'Europe/Madrid',
    preferredChannels: ['email', 'sms'],
    attributes: { name: 'Ana; "la grande"', points: 12.5, tags: ['vip', 'new'] },
  })
  expect((await member('bob')).attributes).toEqual({ name: 'Bob\r\nof two lines' })
})
