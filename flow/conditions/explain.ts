import type { Reader } from '../reader.ts'
import { evaluate } from './evaluate.ts'
import type { ConditionScene } from './scene.ts'
import type { Condition } from './schema.ts'
import { sayVerdict } from './words.ts'

/** What one leaf said. */
interface Told {
  /** Its place in the condition: `all[0].not`. */
  path: string
  truth: boolean
  /** Whether the answer hung on it: under "all" those that failed, if any did; under "any" those that held. */
  decisive: boolean
  /** A fact without capital and full stop: "tier was *silver*". */
  says: string
}

export interface Explained {
  truth: boolean
  told: Told[]
}

interface Asked {
  scene: ConditionScene
  reader: Reader
}

/** The truth of a condition and what each of its leaves said, in their order, also those that settled nothing. */
export function explain(condition: Condition, asked: Asked, path = ''): Explained {
  const at = (key: string) => (path === '' ? key : `${path}.${key}`)
  const inside = (list: Condition[], key: string) =>
    list.map((one, n) => explain(one, asked, at(`${key}[${n}]`)))
  if ('all' in condition) return together(inside(condition.all, 'all'), false)
  if ('any' in condition) return together(inside(condition.any, 'any'), true)
  if ('not' in condition) {
    const { truth, told } = explain(condition.not, asked, at('not'))
    return { truth: !truth, told }
  }
  const { truth, because } = evaluate(condition, asked.scene)
  return { truth, told: [{ path, truth, decisive: true, says: sayVerdict({ because }, asked.reader) }] }
}

/** One answer that is `settling` settles it; without any, all of them do. */
function together(parts: Explained[], settling: boolean): Explained {
  const settled = parts.some(({ truth }) => truth === settling)
  const told = parts.flatMap((part) =>
    settled && part.truth !== settling ? part.told.map((one) => ({ ...one, decisive: false })) : part.told,
  )
  return { truth: settled ? settling : !settling, told }
}
