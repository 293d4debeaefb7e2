import { ring, type Alarm } from '../db/hot/alarms.ts'
import { holdStand, takeStand } from '../db/hot/stands.ts'
import { alarmId } from '../workflows/names.ts'
import type { Engine } from './engine.ts'

/** Wakes a stand at its alarm, by the database's clock. An alarm that wins the stand goes on as its walk. */
export async function ringAlarm(
  engine: Engine,
  alarm: Alarm,
): Promise<{ ahead: number; walk: number | null }> {
  return engine.db.outside(async (tx) => {
    const ahead = await ring(tx, alarm)
    if (ahead > 0) return { ahead, walk: null }
    // A walk that is just clearing the stand may have looked before these members were due: it is waited for.
    await holdStand(tx, alarm.stand)
    const workflowId = alarmId(alarm.stand, alarm.at)
    const taken = await takeStand(tx, alarm.stand, { workflowId, lease: engine.lease() })
    return { ahead, walk: taken?.walk ?? null }
  })
}
