import { expect, test } from 'vitest'
import { pickLocale } from '../../flow/pick-locale.ts'
import { lookup, missing } from '../../flow/scope.ts'
import { scopeOf } from './sample.ts'

test('a path finds own properties, items and sizes, and nothing of a prototype', () => {
  const scope = scopeOf(
    { name: 'Ana', size: 'M' },
    { prize: { name: 'Bicycle' }, items: [{ id: 1 }, { id: 2 }] },
  )
  const found = (path: string) => lookup(scope, path)
  expect(found('prize.name')).toBe('Bicycle')
  expect(found('event.items.-1.id')).toBe(2)
  expect([found('items.size'), found('items.first.id'), found('items.last.id')]).toEqual([2, 1, 2])
  expect([found('member.size'), found('prize.size'), found('member.name.size')]).toEqual(['M', 1, 3])
  expect(['constructor', '__proto__', 'prize.toString', 'items.length', 'a.b.c'].map(found)).toEqual(
    Array.from({ length: 5 }),
  )
})

test('what has no value is missing: nothing there, null, an empty text; but not zero and not false', () => {
  const scope = scopeOf({ none: null, empty: '', zero: 0, no: false })
  const paths = ['member.none', 'member.empty', 'member.zero', 'member.no', 'member.other', 'entry.type']
  expect(missing(paths, scope)).toEqual(['member.none', 'member.empty', 'member.other'])
})

test.each([
  ['es', 'es'],
  ['es-MX', 'es'],
  ['es_MX', 'es'],
  ['pt-BR', 'pt-BR'],
  ['PT-br', 'pt-BR'],
  ['pt', 'en'],
  ['zh-Hant-TW', 'zh-Hant'],
  ['fr', 'en'],
  [null, 'en'],
])('for %s the content is %s', (locale, picked) => {
  expect(pickLocale(['en', 'es', 'pt-BR', 'zh-Hant'], locale, 'en')).toBe(picked)
})

test('there is no content when not even the default locale has any', () => {
  expect(pickLocale(['es'], 'fr', 'en')).toBeUndefined()
})
