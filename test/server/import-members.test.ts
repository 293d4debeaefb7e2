import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer, type Answer, type CallInit, type TestServer } from './start-server.ts'
import { membersFile } from './upload.ts'

let server: TestServer
beforeAll(async () => void (server = await startServer()))
afterAll(() => server.close())

const CSV = { 'content-type': 'text/csv' }
const NDJSON = { 'content-type': 'application/x-ndjson' }
interface Sending {
  query?: string
  headers?: Record<string, string>
}
const send = (
  raw: NonNullable<CallInit['raw']>,
  { query = '', headers = CSV }: Sending = {},
): Promise<Answer> => server.call('POST', `/v1/members/import${query}`, { raw, headers })
const member = async (id: string) => (await server.call('GET', `/v1/members/${id}`)).body
const rejected = ({ body }: Answer) =>
  body.rejected.map(({ row, issues }: { row: number; issues: { path: string; code: string }[] }) => [
    row,
    ...issues.map(({ path, code }) => `${path}: ${code}`),
  ])

test('members of a CSV file are stored by what its columns are called', async () => {
  const { status, body } = await send(
    '\uFEFFexternal_id;E-mail;phone;Time zone;preferredChannels;attributes.name;attributes.points:number;tags\r\n' +
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

test('a bad row is told by its line and its column, and the others go in', async () => {
  const answer = await send(
    'externalId,Mail,attributes.age:number,attributes.cat:boolean\n' +
      'c-1,c-1@x.example,40,true\n' +
      'c-2,nobody,forty,maybe\n' +
      '\n' +
      '"c-3\nof two lines",c-3@x.example,,\n' +
      'c-4,c-4@x.example\n' +
      ',c-5@x.example,,\n' +
      'c-6,5" screen,,\n' +
      'c-7,c-7@x.example,7,0',
    { query: '?map=Mail:email' },
  )
  expect(rejected(answer)).toEqual([
    [3, 'attributes.age:number: invalid-number', 'attributes.cat:boolean: invalid-boolean'],
    [5, 'externalId: invalid-format'],
    [7, ': uneven'],
    [8, 'externalId: required'],
    [9, ': stray-quote'],
  ])
  expect(answer.body).toMatchObject({ rows: 7, accepted: 2, rejectedRows: 5 })
  expect((await member('c-1')).attributes).toEqual({ age: 40, cat: true })
  expect((await member('c-7')).attributes).toEqual({ age: 7, cat: false })
})

test('what a row says wrong is told in words that name the column and never quote a value', async () => {
  const { body } = await send('externalId,Mail\nd-1,secret-value', { query: '?map=Mail:email' })
  expect(body.rejected[0].issues).toEqual([
    {
      path: 'Mail',
      code: 'invalid-format',
      message: 'Write one e-mail address, such as ana@members.example.',
    },
  ])
  expect(JSON.stringify(body)).not.toContain('secret-value')
})

test('an empty cell leaves a field as it is, or clears it when asked to', async () => {
  await send('externalId,email,attributes.tier\ne-1,e-1@x.example,gold')
  await send('externalId,email,attributes.tier\ne-1,,')
  expect(await member('e-1')).toMatchObject({ email: 'e-1@x.example', attributes: { tier: 'gold' } })
  await send('externalId,email,attributes.tier\ne-1,,', { query: '?empty=clear' })
  expect(await member('e-1')).toMatchObject({ email: null, attributes: {} })
})

test('of a member who stands in a file twice the last row counts', async () => {
  const filler = membersFile('f', 1_500).slice('externalId,email\n'.length)
  const answer = await send(
    `externalId,email\ng,first@x.example\n${filler}g,second@x.example\ng,third@x.example\n`,
  )
  expect(answer.body).toMatchObject({ accepted: 1_503, rejected: [] })
  expect((await member('g')).email).toBe('third@x.example')
})

test('unknown columns refuse a file before anything of it is stored, and say what to do', async () => {
  const answer = await send('externalId,Shoe size,Points,attributes.__proto__\nh-1,41,2,3', {
    query: '?map=Points:money,Hat:email',
  })
  expect(answer.status).toBe(422)
  expect(answer.body.type).toBe('urn:fanfare:problem:bad-columns')
  expect(answer.body.issues.map(({ path, code }: { path: string; code: string }) => [path, code])).toEqual([
    ['Shoe size', 'unknown-column'],
    ['Points', 'unknown-column'],
    ['attributes.__proto__', 'unknown-column'],
    ['map', 'unknown-column'],
  ])
  expect(answer.body.issues[0].message).toContain('?map=Shoe size:attributes.<key>')
  expect((await server.call('GET', '/v1/members/h-1')).status).toBe(404)
  const mapped = await send('externalId,Shoe size,Note,\ni-1,41,left out,x', {
    query: `?map=${encodeURIComponent('Shoe size:attributes.shoe:number,Note:,#4:')}`,
  })
  expect(mapped.body).toMatchObject({ accepted: 1 })
  expect((await member('i-1')).attributes).toEqual({ shoe: 41 })
})

test('two columns that say the same, or none that says who, refuse a file', async () => {
  const twice = await send('externalId,email,E-Mail\n')
  expect(twice.body.issues).toMatchObject([{ path: 'E-Mail', code: 'column-twice' }])
  const inside = await send('externalId,attributes.a:json,attributes.a.b\n')
  expect(inside.body.issues).toMatchObject([{ path: 'attributes.a.b', code: 'column-twice' }])
  expect((await send('email\nx@x.example')).body.issues).toMatchObject([
    { path: 'externalId', code: 'required' },
  ])
})

test('an empty file is refused as empty; one with a header only is taken, and holds nobody', async () => {
  for (const nothing of ['', '\n\r\n', '\uFEFF']) {
    expect((await send(nothing)).body).toMatchObject({ status: 422, type: 'urn:fanfare:problem:empty-file' })
  }
  expect((await send('externalId,email')).body).toMatchObject({ rows: 0, accepted: 0, rejected: [] })
  expect((await send('', { headers: NDJSON })).body).toMatchObject({ rows: 0, accepted: 0, rejected: [] })
})

test('members of an NDJSON file are stored line by line, as one would be put', async () => {
  const answer = await send(
    [
      '{"externalId":"j-1","attributes":{"name":"Eve"},"consents":[{"topic":"news","channel":"email","state":"granted","source":"import"}]}',
      '{"externalId":"j-2"',
      '',
      '{"externalId":"j-3","shoe":41}',
      '["j-4"]',
      '{"externalId":"j-5","attributes":{"name":"a\\u0000b"}}',
      '{"externalId":"j-6"}',
    ].join('\r\n'),
    { headers: NDJSON },
  )
  expect(rejected(answer)).toEqual([
    [2, ': bad-json'],
    [4, 'shoe: unknown-property'],
    [5, ': invalid-type'],
    [6, 'attributes.name: bad-text'],
  ])
  expect(answer.body.accepted).toBe(2)
  expect((await member('j-1')).attributes).toEqual({ name: 'Eve' })
})

test('a row whose topic the settings do not allow is refused alone', async () => {
  const settings = await server.call('GET', '/v1/settings')
  const headers = { 'if-match': String(settings.body.revision) }
  const put = await server.call('PUT', '/v1/settings', { body: { topicsClosed: true }, headers })
  expect(put.status).toBe(200)
  const consents = [{ topic: 'weather', channel: 'email', state: 'granted', source: 'import' }]
  const rows = [{ externalId: 'k-1' }, { externalId: 'k-2', consents }].map((row) => JSON.stringify(row))
  const answer = await send(rows.join('\n'), { headers: NDJSON })
  expect(rejected(answer)).toEqual([[2, 'consents[0].topic: unknown-topic']])
  expect((await server.call('GET', '/v1/members/k-1')).status).toBe(200)
})

test('a row that makes a member too large is refused alone', async () => {
  const large = (key: string) => JSON.stringify({ externalId: 'l', attributes: { [key]: noise(45_000) } })
  const rows = [...['a', 'b', 'c', 'd', 'e', 'f'].map(large), JSON.stringify({ externalId: 'l-2' })]
  const answer = await send(rows.join('\n'), { headers: NDJSON })
  expect(answer.body).toMatchObject({ rows: 7, accepted: 6 })
  expect(rejected(answer)).toEqual([[6, 'attributes: too-large']])
})

test('a file may be packed; another content type, charset or packing is refused by what would do', async () => {
  const packed = new Uint8Array(gzipSync(membersFile('m', 3)))
  const gzip = await send(packed, { headers: { ...CSV, 'content-encoding': 'gzip' } })
  expect(gzip.body).toMatchObject({ accepted: 3 })
  const broken = await send('no gzip', { headers: { ...CSV, 'content-encoding': 'gzip' } })
  expect(broken).toMatchObject({ status: 400, body: { type: 'urn:fanfare:problem:bad-body' } })
  for (const type of ['application/json', 'text/csv; charset=iso-8859-1', 'text/csvx']) {
    const { status, body } = await send('externalId\nn', { headers: { 'content-type': type } })
    expect([status, body.detail]).toEqual([
      415,
      'Send the body as text/csv or as application/x-ndjson, in UTF-8.',
    ])
  }
  expect((await send('x', { headers: { ...CSV, 'content-encoding': 'zip' } })).status).toBe(415)
  expect(
    (await send('externalId\no', { headers: { 'content-type': 'text/csv; charset=UTF-8' } })).status,
  ).toBe(200)
})

/** Text that does not shrink when it is stored. */
function noise(length: number): string {
  return Array.from({ length: length / 20 }, (_, n) => ((n + 1) * Math.PI).toFixed(20).slice(-20)).join('')
}
