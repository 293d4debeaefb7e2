import { expect, test } from 'vitest'
import { readEnv, readServiceEnv } from '../../server/env.ts'

const SECRET = 'x'.repeat(32)

test('without anything set it listens on loopback with demo data', () => {
  expect(readEnv({})).toMatchObject({
    host: '127.0.0.1',
    port: 3000,
    publicUrl: 'http://127.0.0.1:3000',
    home: '.fanfare',
    demo: true,
    production: false,
  })
})

test('a database of one’s own means no demo data unless asked for', () => {
  const DATABASE_URL = 'postgres://fanfare@127.0.0.1/fanfare'
  expect(readEnv({ DATABASE_URL }).demo).toBe(false)
  expect(readEnv({ DATABASE_URL, FANFARE_DEMO: '1' }).demo).toBe(true)
})

test('every wrong variable is named with its remedy, and its value is not repeated', () => {
  const read = () =>
    readEnv({ PORT: 'many', DATABASE_URL: 'mysql://root:hunter2@db', FANFARE_API_KEY: 'two words' })
  expect(read).toThrow(/PORT is not valid. Set it to a number from 0 to 65535./)
  expect(read).toThrow(/DATABASE_URL is not valid. Set it to postgres:/)
  expect(read).toThrow(/FANFARE_API_KEY is not valid. .*16 visible ASCII/)
  expect(read).not.toThrow(/hunter2|two words/)
})

test('production does not start without a secret, nor with keys that can be guessed', () => {
  expect(() => readEnv({ NODE_ENV: 'production' })).toThrow(/FANFARE_SECRET is required in production/)
  const production = (more: object) => readEnv({ NODE_ENV: 'production', FANFARE_SECRET: SECRET, ...more })
  expect(() => production({ FANFARE_SECRET: 'short' })).toThrow(/FANFARE_SECRET is too short for production/)
  expect(() => production({ FANFARE_API_KEY: 'short' })).toThrow(/FANFARE_API_KEY is too short/)
  expect(production({}).production).toBe(true)
})

test('a serving process asks for what it cannot bring itself', () => {
  expect(() => readServiceEnv({ FANFARE_SECRET: SECRET })).toThrow(/DATABASE_URL is not set.*npm start/)
})

test('webhooks may call this machine only where it serves nobody else, and private hosts that are named', () => {
  const reach = (variables: Record<string, string>) => readEnv(variables).reach
  expect(reach({})).toEqual({ hosts: [], loopback: true })
  for (const HOST of ['::1', 'localhost']) expect(reach({ HOST }).loopback).toBe(true)
  for (const HOST of ['0.0.0.0', '::', '10.0.0.7']) expect(reach({ HOST }).loopback).toBe(false)
  expect(reach({ NODE_ENV: 'production', FANFARE_SECRET: SECRET }).loopback).toBe(false)
  const hosts = reach({ FANFARE_WEBHOOK_HOSTS: 'CRM.internal, 10.0.0.7:8080,[fd00::1]' }).hosts
  expect(hosts).toEqual(['crm.internal', '10.0.0.7:8080', '[fd00::1]'])
})

test('a host that webhooks may call is named as any URL names it; one that none can name is refused', () => {
  const hosts = (text: string) => readEnv({ FANFARE_WEBHOOK_HOSTS: text }).reach.hosts
  expect(hosts('crm.internal.,bücher.internal:8080,[FD00:0::1]:80,010.0.0.7')).toEqual([
    'crm.internal',
    'xn--bcher-kva.internal:8080',
    '[fd00::1]:80',
    '8.0.0.7',
  ])
  const wrong = ['https://crm.internal/', '*.internal', 'fd00::1', 'crm:99999', 'crm:', '10.0.0.0/8', 'a,,b']
  for (const text of wrong) expect(() => hosts(text)).toThrow(/WEBHOOK_HOSTS is not valid/)
})

test('an empty variable counts as unset, and an address loses its last slash', () => {
  expect(readEnv({ PORT: '', PUBLIC_URL: 'https://fanfare.example/' })).toMatchObject({
    port: 3000,
    publicUrl: 'https://fanfare.example',
  })
})
