import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { startChild } from '../../server/start/child.ts'
import { openHome } from '../../server/start/home.ts'
import { openKeeper } from '../../server/start/keeper.ts'
import { commandLine, readPid } from '../../server/start/leftovers.ts'
import type { Program } from '../../server/start/program.ts'
import { tempFolder } from '../support/temp-folder.ts'

const folder = tempFolder('keeper')
const elsewhere = tempFolder('stranger')
const said: string[] = []
const keeper = openKeeper((line) => said.push(line))
const pidFile = (name: string): string => join(folder, `${name}.pid`)
const isAlive = (pid: number | undefined): boolean => pid !== undefined && commandLine(pid) !== ''

afterEach(() => keeper.stop())

test('a program that is killed is launched again, and ends for good when the keeper stops', async () => {
  await keeper.start(sleeper('victim'))
  const before = await pidOf('victim')
  process.kill(before, 'SIGKILL')
  const after = await vi.waitUntil(() => other(readPid(pidFile('victim')), before), { timeout: 10_000 })
  expect(isAlive(after)).toBe(true)
  expect(said.join('\n')).toContain('victim ended (SIGKILL)')
  await keeper.stop()
  expect(isAlive(after)).toBe(false)
  expect(existsSync(pidFile('victim'))).toBe(false)
})

test('what a killed start left running is ended when the data folder is opened again', async () => {
  const { launch } = sleeper('orphan')
  const orphan = launch()
  const ended = once(orphan, 'exit')
  writeFileSync(join(folder, 'start.lock'), '999999999')
  const { close } = await openHome(folder)
  await ended
  expect(readdirSync(folder).filter((file) => file.endsWith('.pid'))).toEqual([])
  expect(readPid(join(folder, 'start.lock'))).toBe(process.pid)
  close()
})

test('a process that merely has the pid of a leftover is left alone', async () => {
  const stranger = startChild({ name: 'stranger', folder: elsewhere, command: sleep('elsewhere') })
  writeFileSync(pidFile('reused'), String(stranger.pid))
  const { close } = await openHome(folder)
  expect(isAlive(stranger.pid)).toBe(true)
  expect(existsSync(pidFile('reused'))).toBe(false)
  stranger.kill('SIGKILL')
  close()
})

function sleeper(name: string): Program {
  return {
    name,
    launch: () => startChild({ name, folder, command: sleep(folder) }),
    ready: () => Promise.resolve(),
    stopSignal: 'SIGTERM',
    patience: 5_000,
  }
}

const sleep = (mark: string) => ({
  file: process.execPath,
  args: ['-e', 'setInterval(() => {}, 1000)', mark],
})

async function pidOf(name: string): Promise<number> {
  return vi.waitUntil(
    () => (existsSync(pidFile(name)) && Number(readFileSync(pidFile(name), 'utf8'))) || undefined,
  )
}

function other(pid: number | undefined, than: number): number | undefined {
  return pid === than ? undefined : pid
}
