import { mkdirSync, writeFileSync } from 'node:fs'
import { audience } from './audience.ts'
import { dryRuns } from './dry-run.ts'
import { enter } from './enter.ts'
import { line, type Figure } from './figures.ts'
import { history } from './history.ts'
import { imports } from './imports.ts'
import { ingest } from './ingest.ts'
import { latency } from './latency.ts'
import { launch } from './launch.ts'
import { mails } from './mails.ts'
import { machineLine } from './machine.ts'
import { mime } from './mime.ts'
import { smtp } from './smtp.ts'
import { urgent } from './urgent.ts'
import { wake } from './wake.ts'

const BENCHES: Record<string, () => Promise<Figure[]>> = {
  latency,
  ingest,
  imports,
  history,
  audience,
  'dry-run': dryRuns,
  wake,
  enter,
  launch,
  mails,
  urgent,
  mime,
  smtp,
}

const say = (text: string): void => void process.stdout.write(`${text}\n`)

/** All benches, or those named on the command line; figures are printed and kept in bench.json. */
async function main(): Promise<void> {
  const wanted = process.argv.slice(2)
  const unknown = wanted.filter((name) => !Object.hasOwn(BENCHES, name))
  if (unknown.length > 0)
    throw new Error(`No bench is called ${unknown.join(', ')}. There are ${Object.keys(BENCHES).join(', ')}.`)
  say(machineLine())
  const figures: Figure[] = []
  for (const [name, bench] of Object.entries(BENCHES)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue
    const measured = await bench()
    for (const figure of measured) say(line(figure))
    figures.push(...measured)
  }
  mkdirSync('.fanfare', { recursive: true })
  writeFileSync('.fanfare/bench.json', JSON.stringify({ machine: machineLine(), figures }, null, 2))
}

await main()
