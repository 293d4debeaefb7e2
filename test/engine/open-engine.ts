import { randomUUID } from 'node:crypto'
import { openCourier } from '../../activities/effects/send.ts'
import { openCaller } from '../../activities/effects/webhook.ts'
import type { Engine } from '../../activities/engine.ts'
import { PACES, URGENT } from '../../activities/pace.ts'
import { segment } from '../../activities/segment.ts'
import { digestWith } from '../../db/digest.ts'
import { takeStand } from '../../db/hot/stands.ts'
import { openMemory } from '../../db/memory.ts'
import type { Db } from '../../db/pool.ts'
import { holdLease } from '../../server/worker/lease.ts'

export interface TestEngine {
  engine: Engine
  /** Carries everybody who is ready, stand after stand, until nobody is. */
  carryAll(): Promise<void>
  /** Moves what happened so far into the past: the same as waiting this long. */
  letTimePass(ms: number): Promise<void>
  close(): Promise<void>
}

export const SECRET = 'a secret of a test, thirty-two characters long'

/** The engine of a worker without Temporal: what walks would call is called here, one walk at a time. */
export async function openEngine(db: Db, workspace: number): Promise<TestEngine> {
  const lease = await holdLease(db)
  const background = new Set<Promise<unknown>>()
  const fault = (what: string, error: unknown) => console.error(what, error)
  const memory = openMemory()
  const courier = openCourier({
    db,
    memory,
    publicUrl: 'http://127.0.0.1:3000',
    secret: SECRET,
    onFault: fault,
  })
  const caller = openCaller({ db, secret: SECRET, reach: { hosts: [], loopback: true } })
  const engine: Engine = {
    db,
    courier,
    caller,
    memory,
    digest: digestWith(SECRET),
    holders: new Map(),
    bulk: PACES.fast,
    closing: new AbortController().signal,
    lease: lease.current,
    startAlarms: () => {},
    moved: () => {},
    onFault: fault,
    onReady: () => () => {},
    background: (work) => void background.add(work),
  }
  return {
    engine,
    async carryAll() {
      for (let stands = await ready(db, workspace); stands.length > 0; stands = await ready(db, workspace)) {
        for (const stand of stands) {
          const taken = await db.outside((tx) =>
            takeStand(tx, stand, { workflowId: randomUUID(), lease: lease.current() }),
          )
          if (taken)
            while (!(await segment(engine, taken.walk, taken.lane === 'bulk' ? PACES.fast : URGENT)).cleared);
        }
      }
    },
    async letTimePass(ms) {
      await db.inWorkspace(workspace, async (tx) => {
        const ago = `- ${Math.round(ms)} * interval '1 millisecond'`
        const enrollment = ['entered_at', 'arrived_at', 'due_at'].map(
          (column) => `${column} = ${column} ${ago}`,
        )
        const message = ['created_at', 'granted_at', 'sent_at', 'retry_at'].map(
          (column) => `${column} = ${column} ${ago}`,
        )
        const promised = ['until', 'since'].reduce(
          (rest, key) => `case when ${rest}->>'${key}' is null then ${rest}
            else jsonb_set(${rest}, '{${key}}', to_jsonb((${rest}->>'${key}')::bigint - ${Math.round(ms)})) end`,
          'rest',
        )
        await tx.rows(`update enrollment set ${[...enrollment, `rest = ${promised}`].join(', ')}`)
        await tx.rows(`update pause set began_at = began_at ${ago}, ended_at = ended_at ${ago}`)
        await tx.rows(`update flow set paused_at = paused_at ${ago}, state = state`) // whoever keeps it in memory looks
        await tx.rows(`update message set ${message.join(', ')}`)
        await tx.rows(`update webhook_call set retry_at = retry_at ${ago}`)
        await tx.rows(`update event set at = at ${ago}`)
        await tx.rows(
          `update member set attributes = jsonb_set(attributes, '{renewal}',
             to_jsonb(to_char((attributes->>'renewal')::timestamptz ${ago}, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))
           where attributes->>'renewal' like '%T%'`,
        )
      })
    },
    async close() {
      await Promise.all(background)
      caller.close()
      await courier.close()
      await lease.close()
    },
  }
}

async function ready(db: Db, workspace: number): Promise<number[]> {
  const rows = await db.inWorkspace(workspace, (tx) =>
    tx.rows<{ id: number }>(
      `select s.id from stand s where exists (select from enrollment e
         where e.version = s.version and e.node = s.node and e.lane = s.lane
           and e.state <> 'ended' and e.due_at <= now() and e.walk is null)`,
    ),
  )
  return rows.map((row) => row.id)
}
