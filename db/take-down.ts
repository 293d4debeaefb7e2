import type { Tx } from './pool.ts'

/**
 * Takes down what people inside a version needed besides its rows: nobody comes to its stands again, and no event
 * concerns it. Nobody may be inside. Needs a workspace.
 */
export async function takeDown(tx: Tx, versions: number[]): Promise<void> {
  await tx.rows('delete from listener where version = any($1::int[])', [versions])
  await tx.rows('delete from stand where version = any($1::int[]) and walk is null', [versions])
}
