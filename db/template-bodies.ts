import type { TemplateDocument } from '../flow/template.ts'
import type { Tx } from './pool.ts'

/** The documents of these template versions. They were checked when they were put and never change. */
export async function templateBodies(tx: Tx, versions: number[]): Promise<Map<number, TemplateDocument>> {
  const rows = await tx.rows<{ id: number; body: TemplateDocument }>(
    'select id, body from template_version where id = any($1::int[])',
    [versions],
  )
  return new Map(rows.map((row) => [row.id, row.body]))
}
