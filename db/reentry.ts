import type { PlanSettings } from '../flow/plan.ts'
import type { Reason } from '../flow/reason.ts'
import type { Entrant } from './enter.ts'
import type { PublishedVersion } from './plans.ts'
import type { Tx } from './pool.ts'

/** An entrant whom the re-entry rule keeps out, and the journey because of which; null: one that begins right now. */
export interface Refused {
  member: number
  reason: Reason
  journey: Journey | null
}

/** An enrollment, as steps refer to it. */
export interface Journey {
  id: number
  member: number
  period: string
}

/** Applies the re-entry rule over all versions of the flow; tests do not count, refused entries are not queued. */
export async function admit(tx: Tx, version: PublishedVersion, wanted: Entrant[]) {
  const { reentry } = version.plan.settings
  if (wanted.length === 0 || (reentry.policy === 'every' && reentry.concurrent))
    return { admitted: wanted, refused: [] }
  const past = new Map((await pastOf(tx, version, wanted)).map((one) => [one.member, one]))
  const admitted: Entrant[] = []
  const refused: Refused[] = []
  const entering = new Set<number>()
  for (const entrant of wanted) {
    const { member } = entrant
    const before = past.get(member)
    const reason = entering.has(member) ? barTo(reentry, NEW) : before && barTo(reentry, before)
    if (reason) refused.push({ member, reason, journey: entering.has(member) ? null : (before ?? null) })
    else admitted.push(entrant)
    if (!reason) entering.add(member)
  }
  return { admitted, refused }
}

interface Past extends Journey {
  inside: boolean
  entered_at: Date
  now: Date
}

const NEW: Pick<Past, 'inside' | 'entered_at' | 'now'> = {
  inside: true,
  entered_at: new Date(),
  now: new Date(),
}

/** The journey that counts of each member: one that is still under way, else the newest. */
async function pastOf(tx: Tx, version: PublishedVersion, wanted: Entrant[]): Promise<Past[]> {
  return tx.rows<Past>(
    `select distinct on (member) id, member, period, state <> 'ended' inside, now() now,
       max(entered_at) over (partition by member) entered_at
     from enrollment where flow = $1 and member = any($2::bigint[]) and not test
     order by member, state = 'ended', id desc`,
    [version.flow, wanted.map((entrant) => entrant.member)],
    'past-entries',
  )
}

function barTo(reentry: PlanSettings['reentry'], past: typeof NEW): Reason | null {
  if (reentry.policy === 'once') return { code: 'once' }
  if (past.inside) return { code: 'inside' }
  if (reentry.policy === 'every') return null
  const from = past.entered_at.getTime() + reentry.gapMs
  return past.now.getTime() < from ? { code: 'gap', args: { from } } : null
}

/** A refused entry is told on the journey that stood in its way: it has none of its own. */
export async function tellRefused(
  tx: Tx,
  of: { node: string; refused: Refused[]; begun: Journey[] },
): Promise<void> {
  const begun = new Map(of.begun.map((journey) => [journey.member, journey]))
  const steps = of.refused.flatMap(({ member, reason, journey }) => {
    const told = journey ?? begun.get(member)
    return told ? [{ enrollment: told.id, period: told.period, code: reason.code, args: reason.args }] : []
  })
  if (steps.length === 0) return
  await tx.rows(
    `insert into step (workspace, period, enrollment, node, at, outcome, code, args)
     select current_setting('app.workspace')::int, r.period, r.enrollment, $1, now(), 'refused', r.code, r.args
     from jsonb_to_recordset($2::jsonb) r(period date, enrollment bigint, code text, args jsonb)`,
    [of.node, JSON.stringify(steps)],
    'tell-refused',
  )
}
