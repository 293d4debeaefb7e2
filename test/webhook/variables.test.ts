import { expect, test } from 'vitest'
import { variablesFrom } from '../../activities/effects/webhook/variables.ts'

const from = (answer: string, path = 'a') => variablesFrom(answer, [{ variable: 'journey.x', path }])

test('an answer that is nested without end leaves its variable unset', () => {
  const deep = (open: string, close: string) => `{"a":${open.repeat(10_000)}1${close.repeat(10_000)}}`
  for (const answer of [deep('[', ']'), deep('{"b":', '}')])
    expect(from(answer)).toEqual({ variables: {}, lost: { unset: ['journey.x'] } })
})
