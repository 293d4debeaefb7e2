import fc from 'fast-check'
import { expect, test } from 'vitest'
import { gaps } from '../../flow/gaps.ts'
import { buildScope, missing } from '../../flow/scope.ts'

const key = fc.constantFrom(
  'name',
  'email',
  'locale',
  'member',
  'event',
  'entry',
  'journey',
  'prize',
  'size',
  '0',
  'at',
  '__proto__',
)
const value = fc.oneof(
  fc.constantFrom(null, '', 0, false, 'Ana'),
  fc.array(fc.constantFrom('', 'one', null), { maxLength: 2 }),
  fc.dictionary(key, fc.constantFrom(null, '', 'deep', 3), { maxKeys: 3 }),
)
const record = fc.dictionary(key, value, { maxKeys: 5 })
const source = fc.record({
  member: fc.record({
    externalId: fc.constant('m-1'),
    email: fc.constantFrom(null, '', 'ana@members.example'),
    phone: fc.constant(null),
    locale: fc.constantFrom(null, 'es'),
    attributes: record,
  }),
  enrollment: fc.record({
    entry: fc.option(
      fc.record({ id: fc.constantFrom(null, 'e-1'), type: fc.constant('Won'), at: fc.nat(), data: record }),
    ),
    journey: record,
  }),
})
const path = fc.array(key, { minLength: 1, maxLength: 4 }).map((keys) => keys.join('.'))

test('whatever a member, an event and a template are: what is missing is what the template would not find', () => {
  fc.assert(
    fc.property(source, fc.array(path, { maxLength: 8 }), (from, paths) => {
      expect(gaps(paths, from)).toEqual(missing(paths, buildScope(from)))
    }),
    { numRuns: 2_000 },
  )
})
