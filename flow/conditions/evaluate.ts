import { own } from '../own.ts'
import { leafKind } from './leaf-kind.ts'
import type { Ask } from './leaf-spec.ts'
import { LEAVES } from './leaves/registry.ts'
import type { ConditionScene } from './scene.ts'
import type { Condition, Leaf } from './schema.ts'
import { LONGEST_CHAIN } from './sound-audiences.ts'
import type { Verdict } from './verdict.ts'

/**
 * The truth of a condition and the leaves that settled it. Two-valued: a leaf without its value is false, `not` is the
 * plain complement. Never throws.
 */
export function evaluate(condition: Condition, scene: ConditionScene): Verdict {
  return answer(condition, scene, remembering())
}

function answer(condition: Condition, scene: ConditionScene, ask: Ask): Verdict {
  if ('all' in condition) return every(condition.all.map((one) => ask.condition(one, scene)))
  if ('any' in condition) return some(condition.any.map((one) => ask.condition(one, scene)))
  if ('not' in condition) {
    const { truth, because } = ask.condition(condition.not, scene)
    return { truth: !truth, because }
  }
  const because = LEAVES[leafKind(condition)].weigh(condition, scene, ask)
  return { truth: because.truth, because: [because] }
}

/** True: all of them say why. False: those that failed. */
function every(verdicts: Verdict[]): Verdict {
  const failed = verdicts.filter(({ truth }) => !truth)
  const telling = failed.length > 0 ? failed : verdicts
  return { truth: failed.length === 0, because: telling.flatMap(({ because }) => because) }
}

/** True: those that held say why. False: all of them. */
function some(verdicts: Verdict[]): Verdict {
  const held = verdicts.filter(({ truth }) => truth)
  const telling = held.length > 0 ? held : verdicts
  return { truth: held.length > 0, because: telling.flatMap(({ because }) => because) }
}

const NO: Verdict = { truth: false, because: [] }

/**
 * Answers within one evaluation what is asked many times once: audiences that name each other twice, and event leaves in
 * the `where` of event leaves (what those count does not depend on the event under test), would else grow as powers.
 */
function remembering(): Ask {
  const audiences = new Map<string, Verdict>()
  const counts = new Map<Leaf, Verdict>()
  let chain = 0
  const ask: Ask = {
    condition(condition, scene) {
      if (!('event' in condition)) return answer(condition, scene, ask)
      const verdict = counts.get(condition) ?? answer(condition, scene, ask)
      counts.set(condition, verdict)
      return verdict
    },
    audience(key, { member, workspace, now }) {
      const known = audiences.get(key)
      const where = own(workspace.audiences, key)
      if (known || !where || chain === LONGEST_CHAIN) return known ?? NO
      audiences.set(key, NO) // what its own circle finds
      chain += 1
      const verdict = answer(where, { member, workspace, now, enrollment: null }, ask)
      chain -= 1
      audiences.set(key, verdict)
      return verdict
    },
  }
  return ask
}
