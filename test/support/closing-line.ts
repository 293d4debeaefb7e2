import type { Reporter, SerializedError, TestModule } from 'vitest/node'

/** Ends a run with one plain line, the same for people and machines: `12 passed, 0 failed`. */
export class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const count = (state: string) => tests.filter((test) => test.result().state === state).length
    // A file that cannot be loaded, a hook that throws and a stray rejection fail the run without failing a test.
    const faults = unhandled.length + modules.reduce((sum, module) => sum + faultsOf(module), 0)
    const skipped = count('skipped')
    const line = `${count('passed')} passed, ${count('failed') + faults} failed${skipped ? `, ${skipped} skipped` : ''}`
    process.once('exit', () => process.stdout.write(`${line}\n`))
  }
}

function faultsOf(module: TestModule): number {
  const suites = [...module.children.allSuites()]
  return module.errors().length + suites.reduce((sum, suite) => sum + suite.errors().length, 0)
}
