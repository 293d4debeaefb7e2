import { parseEnv } from 'node:util'
import { expect, test } from 'vitest'
import { readEnv } from '../../server/env.ts'
import { textOf } from '../support/source-files.ts'

const example = textOf('.env.example')
const known = [
  ...new Set([...textOf('server/env.ts').matchAll(/^ {2}([A-Z_]+):/gm)].map((match) => match[1])),
]

test('.env.example loads as it is', () => {
  expect(readEnv(parseEnv(example)).publicUrl).toBe('http://127.0.0.1:3000')
})

test('.env.example names every variable, and none that nobody reads', () => {
  const named = [...example.matchAll(/^(?:# )?([A-Z_]+)=/gm)].map((match) => match[1])
  expect(new Set(named)).toEqual(new Set(known))
})

test('the variables that are commented out would load, too', () => {
  const all = readEnv(parseEnv(example.replaceAll(/^# (?=[A-Z_]+=)/gm, '')))
  expect(all.databaseUrl).toContain('postgres://')
  expect(all.temporalAddress).toBe('127.0.0.1:7233')
})
