// The one file that any Node ≥ 20 runs: it installs what package-lock.json names, then hands over to Node 24.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const node = join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node')

if (!isInstalled()) await install()
handOver(process.argv.slice(2))

/** True when node_modules holds exactly what the lockfile asks for. npm writes its own lockfile there, last of all. */
function isInstalled() {
  const done = join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(done) || !existsSync(node)) return false
  const wanted = packages(join(root, 'package-lock.json'))
  const present = packages(done)
  return Object.entries(wanted).every(([path, { integrity, optional, peer }]) => {
    if (path === '') return true
    const found = present[path]
    return found ? found.integrity === integrity : optional || peer
  })
}

function packages(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages
}

async function install() {
  const started = Date.now()
  const say = () =>
    console.log(`Installing packages, once; ${Math.round((Date.now() - started) / 1000)} s of about 1 min`)
  say()
  const clock = setInterval(say, 10_000)
  const words = []
  const npm = spawn('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: root,
    shell: process.platform === 'win32',
  })
  for (const stream of [npm.stdout, npm.stderr]) stream.on('data', (text) => words.push(text))
  const code = await new Promise((done) => npm.on('close', done).on('error', () => done(1)))
  clearInterval(clock)
  if (code === 0 && existsSync(node)) return
  console.error(words.join('').trim().split('\n').slice(0, 15).join('\n'))
  console.error('The packages could not be installed. Check the network and run `npm ci` to see more.')
  process.exit(1)
}

/** The child shares our terminal, so Ctrl-C reaches it directly; other signals we pass on. Its end is ours. */
function handOver(args) {
  const child = spawn(node, args, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' })
  process.on('SIGINT', () => {})
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)))
}
