import { LEAVES } from './leaves/registry.ts'
import type { Because, Verdict } from './verdict.ts'

const MOST = 3

/**
 * What settled a condition, as a clause without capital and full stop: "prize tier was *silver*". Facts, not judgements,
 * so that it reads after a yes and after a no.
 */
export function sayVerdict({ because }: Pick<Verdict, 'because'>): string {
  const clauses = [...new Set(because.map(sayBecause))]
  const told = clauses.slice(0, MOST)
  const more = clauses.length - told.length
  if (more > 0) told.push(`${more} more`)
  return told.length > 1 ? `${told.slice(0, -1).join(', ')} and ${told.at(-1)}` : (told[0] ?? '')
}

function sayBecause(because: Because): string {
  return LEAVES[because.leaf].say(because, sayVerdict)
}
