import { expect, test } from 'vitest'
import { SENTENCES } from '../../flow/sentences.ts'
import { sourceFiles, textOf } from '../support/source-files.ts'

/** Faults of drawings, conditions, templates and providers carry their own words. */
const OWN_WORDS = /^(flow\/conditions|activities\/(render|channels))\//

/** How a reason is written (a fault of zod's goes by `params`): as a value, as JSON in a statement, as the argument of a refusal. */
const WRITTEN = [
  /(?<!params: )\{\s*code: '([a-z-]+)'\s*(?:\}|,\s*(?:args|awaits|until|\.\.\.)|as const)/g,
  /"code": "([a-z-]+)"/g,
  /refuse\('([a-z-]+)'/g,
]
/** One of two codes, chosen on the spot. */
const CHOSEN = /code(?: =|:) [^'\n]*\? '([a-z-]+)' : '([a-z-]+)'/g

const reasons = sourceFiles('flow', 'db', 'activities')
  .filter((file) => !OWN_WORDS.test(file))
  .flatMap((file) => {
    const text = textOf(file)
    const codes = [...WRITTEN, CHOSEN].flatMap((form) =>
      [...text.matchAll(form)].flatMap((found) => found.slice(1)),
    )
    return codes.map((code) => ({ file, code }))
  })

test('whatever happens to a member for a reason, that reason has a sentence', () => {
  expect(reasons.length).toBeGreaterThan(50)
  expect(reasons.filter(({ code }) => !Object.hasOwn(SENTENCES, code))).toEqual([])
})
