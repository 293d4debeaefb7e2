import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { sourceFiles, textOf } from '../support/source-files.ts'

/** Of which of our folders, and of which packages, each room may import values. Types are free. */
const MAY_IMPORT = {
  flow: { own: /^flow\//, packages: /^zod$/ },
  db: { own: /^(db|flow)\//, packages: /./ },
  workflows: { own: /^(workflows|flow)\//, packages: /^@temporalio\/workflow$/ },
  activities: { own: /^(activities|flow|db|workflows)\//, packages: /./ },
  server: { own: /^(server|flow|db|workflows|activities\/(channels|render))\//, packages: /./ },
}
/** The worker is where activities are put together, so it alone may reach all of them. */
const WORKER_ENTRY = 'server/worker.ts'

test.each(Object.entries(MAY_IMPORT))(
  '%s imports values only from where it may',
  (room, { own, packages }) => {
    const strangers = sourceFiles(room)
      .filter((file) => file !== WORKER_ENTRY)
      .flatMap((file) => valueImports(file).map((target) => ({ file, target })))
      .filter(({ target }) => !(isOwn(target) ? own : packages).test(target))
    expect(strangers).toEqual([])
  },
)

test('what workflows import of flow never reaches zod', () => {
  const seen = new Set<string>()
  const visit = (file: string): void => {
    if (seen.has(file)) return
    seen.add(file)
    valueImports(file).forEach((target) => (isOwn(target) ? visit(target) : seen.add(target)))
  }
  sourceFiles('workflows').forEach(visit)
  expect([...seen].filter((target) => target === 'zod' || target.startsWith('node:'))).toEqual([])
})

const isOwn = (target: string): boolean => /\.(ts|json)$/.test(target)

/** What a file imports at run time: paths from the root for our own files, names for packages. */
function valueImports(file: string): string[] {
  const statements = textOf(file).matchAll(
    /^(?:import|export)\s+(?!type\b)(?:[\w*{}\s,$]+?\s+from\s+)?'([^']+)'|\bimport\('([^']+)'\)/gm,
  )
  const targets = [...statements].map((match) => match[1] ?? match[2] ?? '')
  return targets.map((target) => (target.startsWith('.') ? join(dirname(file), target) : target))
}
