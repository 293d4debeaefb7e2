import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer, type TestServer } from './start-server.ts'
import { importOf, membersFile, openUpload } from './upload.ts'

const PATH = '/v1/members/import'
const NDJSON = { 'content-type': 'application/x-ndjson' }

let server: TestServer
let owner: pg.Client
beforeAll(async () => {
  server = await startServer({ LOG_LEVEL: 'silent' })
  owner = new pg.Client({ connectionString: server.url })
  await owner.connect()
})
afterAll(async () => {
  await owner.end()
  await server.close()
})

const keyed = (key: string) => ({ 'content-type': 'text/csv', 'idempotency-key': key })
const send = (raw: string | Uint8Array<ArrayBuffer>, headers: Record<string, string>) =>
  server.call('POST', PATH, { raw, headers })
const read = async (id: string) => (await server.call('GET', `/v1/imports/${id}`)).body

async function stored(prefix: string): Promise<number> {
  await owner.query(`select set_config('app.workspace', $1, false)`, [String(server.workspace)])
  const { rows } = await owner.query('select count(*) n from member where external_id like $1', [
    `${prefix}-%`,
  ])
  return Number(rows[0].n)
}

test('a file whose connection breaks off goes on, sent again, after the last row that was stored', async () => {
  const file = membersFile('cut', 3_000)
  const half = openUpload(server, `${PATH}?file=cut`, keyed('cut'))
  await half.write(file.slice(0, file.length * 0.7))
  await importOf(server, 'cut', ({ rows }) => rows >= 2_000)
  half.cut()
  const stopped = await importOf(server, 'cut', ({ state }) => state === 'stopped')
  expect(stopped).toMatchObject({ state: 'stopped', reason: 'The connection broke off.', rejectedRows: 0 })
  expect(await stored('cut')).toBe(stopped.accepted)
  const { status, body } = await send(file, keyed('cut'))
  expect([status, body]).toMatchObject([200, { import: stopped.id, rows: 3_000, accepted: 3_000 }])
  expect(await stored('cut')).toBe(3_000)
  expect(await read(stopped.id)).toMatchObject({ state: 'done', reason: null, bytes: file.length })
})

test('another file under the same key is refused, whether the first one is in or not', async () => {
  const file = membersFile('other', 1_500)
  const begun = openUpload(server, `${PATH}?file=other`, keyed('other'))
  await begun.write(file.slice(0, -10))
  await importOf(server, 'other', ({ rows }) => rows >= 1_000)
  begun.cut()
  await importOf(server, 'other', ({ state }) => state === 'stopped')
  for (const wrong of [file.replace('other-7@', 'other-8@'), membersFile('other', 10)]) {
    const { status, body } = await send(wrong, keyed('other'))
    expect([status, body.type]).toEqual([409, 'urn:fanfare:problem:import-other-file'])
  }
  const answer = await send(file, keyed('other'))
  expect(answer.body).toMatchObject({ rows: 1_500, accepted: 1_500 })
  expect((await send(file, keyed('other'))).body).toEqual(answer.body)
  for (const wrong of [`${file}x-1,\n`, membersFile('other', 10)]) {
    expect((await send(wrong, keyed('other'))).status).toBe(409)
  }
  const mapped = await server.call('POST', `${PATH}?empty=clear`, { raw: file, headers: keyed('other') })
  expect(mapped.status).toBe(409)
})

test('a disk that is full stores no half batch, and tells where to go on once there is room', async () => {
  await owner.query(`
    create function no_room() returns trigger language plpgsql as $$ begin
      if new.external_id = 'full-1700' then raise exception 'No space left on device' using errcode = '53100'; end if;
      return new;
    end $$`)
  await owner.query('create trigger no_room before insert on member for each row execute function no_room()')
  const file = membersFile('full', 2_500)
  const { status, body, headers } = await send(file, keyed('full'))
  expect([status, body.detail]).toEqual([
    503,
    'The database stores no more at the moment. Its first 1000 rows are dealt with. ' +
      'Send the file again with the same Idempotency-Key, and it goes on from there.',
  ])
  const at = headers.get('location') ?? ''
  expect((await server.call('GET', at)).body).toMatchObject({
    state: 'stopped',
    rows: 1_000,
    accepted: 1_000,
  })
  expect(await stored('full')).toBe(1_000)
  await owner.query('drop trigger no_room on member')
  expect((await send(file, keyed('full'))).body).toMatchObject({ rows: 2_500, accepted: 2_500 })
  expect(await stored('full')).toBe(2_500)
})

test('of two that send the same file with one key the later one goes on, and nothing is stored twice', async () => {
  const file = membersFile('twin', 2_500)
  const first = openUpload(server, `${PATH}?file=twin`, keyed('twin'))
  await first.write(file.slice(0, -10))
  await importOf(server, 'twin', ({ rows }) => rows >= 2_000)
  const second = await send(file, keyed('twin'))
  expect([second.status, second.body]).toMatchObject([200, { rows: 2_500, accepted: 2_500 }])
  await first.write(file.slice(-10))
  const late = await first.end()
  expect([late.status, late.text]).toEqual([409, expect.stringContaining('import-taken-over')])
  expect(await read(second.body.import)).toMatchObject({ state: 'done', rows: 2_500, accepted: 2_500 })
  const both = await Promise.all([1, 2].map(() => send(membersFile('pair', 2_000), keyed('pair'))))
  expect(both.map(({ status }) => status)).toContain(200)
  expect(both.filter(({ status }) => status !== 200 && status !== 409)).toEqual([])
  expect(await stored('pair')).toBe(2_000)
})

test('a quote that is never closed ends the file in its line; mended, it goes on', async () => {
  const file = (quote: string) =>
    `externalId,attributes.name\nquote-1,Ana\nquote-2,${quote}Bob\nquote-3,"Eve"\n`
  const { status, body, headers } = await send(file('"'), keyed('quote'))
  expect([status, body.detail]).toEqual([
    422,
    'Line 3: A quote in this row is not closed. Close it, and double the quotes inside a quoted cell. ' +
      'Its first row is dealt with. Mend it, and send it again with the same Idempotency-Key to go on from there.',
  ])
  const at = headers.get('location') ?? ''
  expect((await server.call('GET', at)).body).toMatchObject({ state: 'failed', rows: 1 })
  expect((await send(file(''), keyed('quote'))).body).toMatchObject({ rows: 3, accepted: 3 })
})

test('a row of 10 MB is not held in memory: of CSV it ends the file, of NDJSON it is passed over', async () => {
  const long = 'x'.repeat(10 * 1024 * 1024)
  for (const quote of ['"', '']) {
    const csv = await send(
      `externalId,attributes.name\nlong-1,Ana\nlong-2,${quote}${long}${quote}\n`,
      keyed(long.slice(0, 9) + quote),
    )
    expect([csv.status, csv.body.detail]).toEqual([
      422,
      expect.stringMatching(/^Line 3: This row is over 1 MiB/),
    ])
  }
  const lines = ['{"externalId":"long-3"}', `{"externalId":"${long}"}`, '{"externalId":"long-4"}']
  expect((await send(lines.join('\n'), NDJSON)).body).toMatchObject({
    accepted: 2,
    rejected: [{ row: 2, issues: [{ code: 'too-long' }] }],
  })
})

test('NUL bytes spoil their row; bytes that are not UTF-8 end the file in their line', async () => {
  const nul = await send('externalId,attributes.name\nnul-1,a\0b\nnul-2,"c\0"\nnul-3,d', keyed('nul'))
  expect(nul.body).toMatchObject({
    accepted: 1,
    rejected: [2, 3].map((row) => ({ row, issues: [{ path: 'attributes.name', code: 'bad-text' }] })),
  })
  const latin = Buffer.from('externalId,attributes.name\nlatin-1,Ana\nlatin-2,José\nlatin-3,Eve', 'latin1')
  const { status, body } = await send(new Uint8Array(latin), keyed('latin'))
  expect([status, body.detail]).toEqual([
    422,
    expect.stringMatching(/^Line 3: This is not UTF-8\. .* Its first row is/),
  ])
  const cut = openUpload(server, `${PATH}?file=latin`)
  await cut.write('externalId,attributes.name\nlatin-4,Jos')
  await importOf(server, 'latin', ({ state }) => state === 'running')
  await cut.write(Buffer.from('é,\n', 'latin1'))
  expect((await cut.end()).text).toContain('Nothing of the file is stored.')
  const lines = Buffer.from('{"externalId":"latin-5"}\n{"externalId":"Jos\u00e9"}', 'latin1')
  expect((await send(new Uint8Array(lines), NDJSON)).body.detail).toMatch(/^Line 2: This is not UTF-8/)
  expect(await stored('latin')).toBe(2) // latin-1 and latin-5
})

test('a character may be cut in two where one part of the file ends and the next begins', async () => {
  const file = Buffer.from('externalId,attributes.name\nparts-1,Zoë 🎉\n')
  const upload = openUpload(server, PATH)
  for (const byte of file) await upload.write(Buffer.from([byte]))
  expect(JSON.parse((await upload.end()).text)).toMatchObject({ accepted: 1 })
  expect((await server.call('GET', '/v1/members/parts-1')).body.attributes).toEqual({ name: 'Zoë 🎉' })
})

test('more than a thousand bad rows are counted, and told page by page', async () => {
  const file = `externalId,email\n${Array.from({ length: 1_200 }, (_, n) => `many-${n},nobody\n`).join('')}`
  const { body } = await send(file, keyed('many'))
  expect([body.rejectedRows, body.rejected.length, body.rejected[0].row]).toEqual([1_200, 1_000, 2])
  const rejected = async (query: string) =>
    (await server.call('GET', `/v1/imports/${body.import}/rejected?limit=500${query}`)).body
  const first = await rejected('')
  const second = await rejected(`&cursor=${first.next}`)
  const third = await rejected(`&cursor=${second.next}`)
  expect([second.items[0].row, third.items.length, third.items.at(-1).row, third.next]).toEqual([
    502,
    200,
    1_201,
    null,
  ])
})

test('a fifth import at once waits its turn', async () => {
  const uploads = [1, 2, 3, 4].map(() => openUpload(server, PATH))
  for (const upload of uploads) await upload.write('externalId\n')
  await expect.poll(async () => (await running()).length).toBe(4)
  const { status, headers } = await send('externalId\nfifth-1', keyed('fifth'))
  expect([status, headers.get('retry-after')]).toEqual([429, '10'])
  for (const upload of uploads) upload.cut()
  await expect.poll(async () => (await running()).length).toBe(0)
  expect((await send('externalId\nfifth-1', keyed('fifth'))).status).toBe(200)
})

async function running() {
  const { items } = (await server.call('GET', '/v1/imports')).body
  return items.filter(({ state }: { state: string }) => state === 'running')
}

test('whoever takes lines as an answer is told how far it has come, and last the same answer', async () => {
  const headers = { ...keyed('lines'), accept: 'application/x-ndjson' }
  const { text } = await send(membersFile('lines', 2_100), headers)
  const lines = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lines.slice(0, -1).map(({ progress }) => progress.rows)).toEqual([1_000, 2_000, 2_100])
  expect(lines.at(-1)).toMatchObject({ rows: 2_100, accepted: 2_100, rejected: [] })
  const broken = await send('externalId\nlines-x\n"', { ...headers, 'idempotency-key': 'broken-lines' })
  expect(JSON.parse(broken.text.trim().split('\n').at(-1) ?? '').problem).toMatchObject({ status: 422 })
})

test('an import says who sent which file, is listed, and stands in the audit', async () => {
  await server.call('POST', `${PATH}?file=spring.csv`, {
    raw: membersFile('audit', 2),
    headers: keyed('audit'),
  })
  const { items } = (await server.call('GET', '/v1/imports?limit=1')).body
  expect(items).toMatchObject([
    {
      kind: 'members',
      file: 'spring.csv',
      state: 'done',
      rows: 2,
      accepted: 2,
      duplicates: 0,
      rejectedRows: 0,
    },
  ])
  const { rows } = await owner.query('select action, actor, after from audit where subject = $1', [
    items[0].id,
  ])
  const after = { kind: 'members', list: null, rows: 0 }
  expect(rows).toEqual([{ action: 'import.begin', actor: items[0].author, after }])
})
