import type { Played, Playing } from './dry-run.ts'
import type { PlayedStep } from './play.ts'
import { tellRefusals } from './tell-refusals.ts'

/** The steps of a journey as people are told them: each refusal by itself, and what was taken for granted. */
export function told({ steps }: Played, { event }: Pick<Playing, 'event'>): PlayedStep[] {
  const all = tellRefusals(steps)
  return event === null ? all.map(supposed) : all
}

/** No event was given to begin the journey with. */
function supposed(step: PlayedStep): PlayedStep {
  const { code, args } = step.reason
  if (code !== 'entered' || args?.['event'] === undefined) return step
  return { ...step, reason: { code: 'entered-supposedly', args } }
}
