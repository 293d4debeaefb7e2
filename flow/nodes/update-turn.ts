import { changed, type Change } from '../change.ts'
import { read } from '../conditions/scene.ts'
import type { PlanUpdate, Value } from '../plan.ts'
import type { Scene, Turn } from '../scene.ts'

/** All attributes of a member together, as JSON. */
const LARGEST = 256 * 1024

/**
 * What an update step changes. Every reference reads the member as they were before; one that finds nothing sets
 * nothing. Members of a test run are changed, too: what follows would else go another way than it will for everybody.
 */
export function updateTurn(update: PlanUpdate, scene: Scene): Turn {
  const values = update.set.map((one) => ({ ...one, value: valueOf(one.value, scene) }))
  const found = values.filter(({ value }) => value !== undefined)
  const set = found.map(({ path, value }) => ({ keys: keysOf(path), value }))
  const fits = set.length === 0 || isSmall(changed(scene.member, { ...NOTHING, set }, scene.now).attributes)
  const source = scene.enrollment.test ? 'test run' : 'flow'
  const change: Change = {
    set: fits ? set : [],
    addTags: update.addTags,
    removeTags: update.removeTags,
    consent: update.consent && { ...update.consent, source },
  }
  return { take: 'next', change, reason: { code: 'updated', args: tell(update, { change, values }) } }
}

const NOTHING: Change = { set: [], addTags: [], removeTags: [], consent: null }

function valueOf(value: Value, scene: Scene): unknown {
  return typeof value === 'object' && value !== null && 'ref' in value ? read(value.ref, scene) : value
}

/** `member.prefs.colour` is `colour` in `prefs`. */
function keysOf(path: string): string[] {
  return path.split('.').slice(1)
}

function isSmall(attributes: Record<string, unknown>): boolean {
  return new TextEncoder().encode(JSON.stringify(attributes)).length <= LARGEST
}

/** The names of what was set, cleared, and left as it was; never the values. */
function tell(
  { addTags, removeTags, consent }: PlanUpdate,
  { change, values }: { change: Change; values: { path: string; value: unknown }[] },
) {
  const names = (of: typeof values) => of.map(({ path }) => keysOf(path).join('.'))
  const found = values.filter(({ value }) => value !== undefined)
  const isStored = change.set.length > 0
  return {
    set: names(isStored ? found.filter(({ value }) => value !== null) : []),
    cleared: names(isStored ? found.filter(({ value }) => value === null) : []),
    missing: names(values.filter(({ value }) => value === undefined)),
    tooLarge: names(isStored ? [] : found),
    addTags,
    removeTags,
    ...(consent && { topic: consent.topic, channel: consent.channel, state: consent.state }),
  }
}
