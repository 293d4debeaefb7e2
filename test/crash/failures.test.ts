import { defaultFailureConverter, defaultPayloadConverter } from '@temporalio/common'
import { afterAll, expect, test } from 'vitest'
import type { Engine } from '../../activities/engine.ts'
import { walkActivities } from '../../activities/walk-activities.ts'
import { openStage } from './stage.ts'

const stage = await openStage()
afterAll(stage.close)

const QUOTED = 'invalid input syntax: "ana@members.example"'

/** A database that quotes a person in what it complains of. */
const broken = (fault: Error): Engine => ({
  ...stage.engine,
  db: { ...stage.db, outside: () => Promise.reject(fault), inWorkspace: () => Promise.reject(fault) },
  onFault: () => {},
})

test.each(['segment', 'finish', 'ring'] as const)(
  'a failure of %s tells Temporal its code and nobody’s data',
  async (name) => {
    const fault = Object.assign(new Error(QUOTED), {
      code: '22P02',
      detail: QUOTED,
      cause: new Error(QUOTED),
    })
    const activities = walkActivities(broken(fault), 'urgent')
    const failed: unknown = await activities[name](1, 1).catch((error: unknown) => error)
    const kept = defaultFailureConverter.errorToFailure(failed, defaultPayloadConverter)
    expect(kept.applicationFailureInfo?.type).toBe('22P02')
    expect(JSON.stringify(kept)).not.toContain('ana')
  },
)
