import type { Played, Playing } from './dry-run.ts'
import type { PlayedStep } from './play.ts'
import { tellRefusals } from './tell-refusals.ts'

/** The steps of a journey as people are told them: each refusal by itself, and what was taken for granted. */
export function told({ steps }: Played, { event }: Pick<Playing, 'event'>): PlayedStep[] {
  return tellRefusals(steps).map((step) => {
    const code = supposed(step, event !== null)
    return code ? { ...step, reason: { ...step.reason, code } } : step
  })
}

/** The code that says of a step that it was only taken to be so; undefined for one that is as it is told. */
function supposed({ reason: { code, args } }: PlayedStep, eventGiven: boolean): string | undefined {
  if (code === 'entered')
    return eventGiven || args?.['event'] === undefined ? undefined : 'entered-supposedly'
  return code === 'call' || code === 'called' ? `${code}-supposedly` : undefined
}
