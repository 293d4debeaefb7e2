import type { Reader } from '../reader.ts'
import { LEAVES } from './leaves/registry.ts'
import type { Because, Verdict } from './verdict.ts'

const MOST = 3

/**
 * What settled a condition, as a clause without capital and full stop: "prize tier was *silver*". Facts, not judgements,
 * so that it reads after a yes and after a no.
 */
export function sayVerdict({ because }: Pick<Verdict, 'because'>, reader: Reader): string {
  const clauses = [...new Set(because.map((one) => sayBecause(one, reader)))]
  const told = clauses.slice(0, MOST)
  const more = clauses.length - told.length
  if (more > 0) told.push(`${more} more`)
  return told.length > 1 ? `${told.slice(0, -1).join(', ')} and ${told.at(-1)}` : (told[0] ?? '')
}

function sayBecause(because: Because, reader: Reader): string {
  return LEAVES[because.leaf].say(because, reader, (verdict) => sayVerdict(verdict, reader))
}
