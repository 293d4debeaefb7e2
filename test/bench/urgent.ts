import { setTimeout as pause } from 'node:timers/promises'
import { openDb } from '../../db/pool.ts'
import { drawing, send } from '../engine/drawing.ts'
import { startInstallation } from '../support/installation.ts'
import { startSinkProcess } from '../support/smtp-sink-process.ts'
import { crowd } from './crowd.ts'
import { launchAll, publish } from './everybody.ts'
import { percentile, type Figure } from './figures.ts'
import { shooter } from './latency.ts'
import { prepareWorld } from './world.ts'

/** Half of them are in the campaign. */
const CROWD = 200_000
const WINNERS = 300
const IDLE = 100
const BESIDE = 200
const BETWEEN = 60

/** The way of an event to its mail while a campaign is sent over the same mail server, beside the same when it is not. */
export async function urgent(): Promise<Figure[]> {
  const sink = await startSinkProcess()
  const installation = await startInstallation()
  const db = openDb({ url: installation.databaseUrl, max: 2, name: 'bench' })
  try {
    const [row] = await db.outside((tx) => tx.rows<{ id: number }>('select id from workspace'))
    const workspace = row?.id ?? 0
    await crowd(db, { workspace, members: CROWD })
    const world = await prepareWorld(installation, { members: WINNERS, sink: sink.port })
    const shoot = shooter(installation, { sink, world })
    await shoot(20, () => pause(20))
    const idle = await shoot(IDLE, () => pause(BETWEEN))
    const settings = { purpose: 'transactional' }
    const mail = { ...send('fixed', ['email']), template: 'campaign_notice' }
    await installation.api.send('PUT', '/v1/templates/campaign_notice', NOTICE)
    const campaign = await publish(installation, drawing({ mail }, { on: { launch: true }, settings }))
    await launchAll(installation, campaign, { audience: ENGLISH })
    const beside = await shoot(BESIDE, () => pause(BETWEEN))
    const limit = { value: percentile(idle, 0.95), of: 'the same when idle' }
    const name = 'event → mail during a campaign'
    return [
      { name: `${name}, p50`, value: percentile(beside, 0.5), unit: 'ms' },
      { name: `${name}, p95`, value: percentile(beside, 0.95), unit: 'ms', limit, aim: '≤ 5 × idle' },
    ]
  } finally {
    await db.close()
    await installation.stop()
    await sink.stop()
  }
}

/** Half of the crowd, and none of the winners: what comes to them is what they won. */
const ENGLISH = { field: 'member.locale', op: 'eq', value: 'en' }

const NOTICE = {
  name: 'Notice',
  defaultLocale: 'en',
  content: {
    email: { en: { subject: 'News for {{ member.name }}', html: '<p>Hello {{ member.name }}</p>' } },
  },
}
