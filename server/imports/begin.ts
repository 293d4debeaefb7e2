import { recordAudit } from '../../db/audit.ts'
import { encodeId } from '../../db/ids.ts'
import { countRunning, holdImport, type ImportOf, type ImportRow } from '../../db/imports.ts'
import type { Context } from '../http/context.ts'
import { Problem } from '../http/problem.ts'

const AT_A_TIME = 4

/** Notes that an import begins, or goes on, and who asked for it. */
export async function beginImport(
  { db, workspace }: Context,
  of: ImportOf,
  digest: Buffer,
): Promise<ImportRow> {
  return db.inWorkspace(workspace, async (tx) => {
    const held = await holdImport(tx, of, digest)
    if (held.state === 'done') return held
    if ((await countRunning(tx)) > AT_A_TIME) throw tooMany()
    await recordAudit(tx, {
      actor: of.author,
      action: held.turn === 1 ? 'import.begin' : 'import.resume',
      subject: encodeId('import', held.id),
      after: { kind: of.kind, list: of.list, rows: held.rows },
    })
    return held
  })
}

function tooMany(): Problem {
  return new Problem({
    status: 429,
    code: 'too-many-imports',
    detail: `${AT_A_TIME} imports are under way. Wait until one of them ends.`,
    headers: { 'retry-after': '10' },
  })
}
