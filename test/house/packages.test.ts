import { expect, test } from 'vitest'
import { z } from 'zod'
import { textOf } from '../support/source-files.ts'

const Versions = z.record(z.string(), z.string())
const Package = z.object({ dependencies: Versions, devDependencies: Versions })
const Lock = z.object({
  packages: z.record(
    z.string(),
    z.object({ resolved: z.string().optional(), optionalDependencies: Versions.optional() }),
  ),
})
const { dependencies, devDependencies } = Package.parse(JSON.parse(textOf('package.json')))
const { packages } = Lock.parse(JSON.parse(textOf('package-lock.json')))

test('every package is pinned to one version', () => {
  const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(
    ([, range]) => !/^\d[\w.-]*$/.test(range),
  )
  expect(loose).toEqual([])
})

test('the packages of Temporal are all of one version', () => {
  const versions = Object.entries(dependencies).filter(([name]) => name.startsWith('@temporalio/'))
  expect(new Set(versions.map(([, version]) => version)).size).toBe(1)
})

test('the lockfile is for everybody: it records no download addresses', () => {
  expect(Object.keys(packages).filter((path) => packages[path]?.resolved)).toEqual([])
})

// `npm ci` refuses a lockfile that lacks one of them, and a Mac would miss its binaries.
test('the lockfile names the optional packages of every platform', () => {
  const named = new Set(Object.keys(packages).map((path) => path.replace(/^.*node_modules\//, '')))
  const optional = Object.values(packages).flatMap((one) => Object.keys(one.optionalDependencies ?? {}))
  expect(optional.filter((name) => !named.has(name))).toEqual([])
})
