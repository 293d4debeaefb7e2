import { expect, test } from 'vitest'
import { templateSchema } from '../../flow/template.ts'

const content = { sms: { en: { text: 'Hi' } } }
const template = { name: 'Hello', defaultLocale: 'en', content }
const pathsOf = (document: unknown) =>
  templateSchema.safeParse(document).error?.issues.map(({ code, path }) => `${path.join('.')} ${code}`)

test('a template needs a name, a default locale and some content', () => {
  expect(templateSchema.parse(template)).toEqual({ ...template, priority: 'normal', active: true })
  expect(pathsOf({})).toEqual(['name invalid_type', 'defaultLocale invalid_type', 'content invalid_type'])
  expect(pathsOf({ ...template, content: {} })).toEqual(['content custom'])
  expect(pathsOf({ ...template, content: { sms: {} } })).toEqual(['content.sms custom'])
})

test('unknown properties are refused wherever they stand', () => {
  const fax = { fax: { en: { text: 'x' } } }
  expect(pathsOf({ ...template, colour: 'red' })).toEqual([' unrecognized_keys'])
  expect(pathsOf({ ...template, content: fax })).toContain('content unrecognized_keys')
  expect(pathsOf({ ...template, content: { sms: { en: { text: 'x', html: 'y' } } } })).toEqual([
    'content.sms.en unrecognized_keys',
  ])
})

test('a locale is a locale', () => {
  const inLocale = (locale: string) => ({ ...template, content: { sms: { [locale]: { text: 'x' } } } })
  expect(pathsOf(inLocale('pt-BR'))).toBeUndefined()
  expect(pathsOf(inLocale('../etc'))).toEqual(['content.sms.../etc invalid_key'])
})
