import { expect, test } from 'vitest'
import { openLines } from '../../server/dry-run/in-line.ts'

/** Works whose ends the test decides. */
function works(atATime: number) {
  const inLine = openLines(atATime)
  const begun: string[] = []
  const ends = new Map<string, (fault?: Error) => void>()
  const ask = (workspace: number, name: string) =>
    inLine(workspace, () => {
      begun.push(name)
      return new Promise<string>((resolve, reject) => {
        ends.set(name, (fault) => (fault ? reject(fault) : resolve(name)))
      })
    })
  return { ask, begun, end: (name: string, fault?: Error) => ends.get(name)?.(fault) }
}

test('a few dry runs of a workspace are played at a time, the others in the order they came', async () => {
  const { ask, begun, end } = works(2)
  const asked = ['a', 'b', 'c', 'd'].map((name) => ask(1, name))
  expect(begun).toEqual(['a', 'b'])
  end('b')
  expect(await asked[1]).toBe('b')
  expect(begun).toEqual(['a', 'b', 'c'])
  end('a', new Error('gone'))
  await expect(asked[0]).rejects.toThrow('gone')
  expect(begun).toEqual(['a', 'b', 'c', 'd'])
})

test('a workspace that plays many holds up no other', () => {
  const { ask, begun } = works(1)
  for (const name of ['a', 'b']) void ask(1, name)
  void ask(2, 'other')
  expect(begun).toEqual(['a', 'other'])
})
