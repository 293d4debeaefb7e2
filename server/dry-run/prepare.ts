import { invalid, type Issue } from '../../db/fault.ts'
import { readFlow } from '../../db/flows.ts'
import { encodeId } from '../../db/ids.ts'
import { EVERYBODY, memberIds, populationSize, type Population } from '../../db/population.ts'
import type { Tx } from '../../db/pool.ts'
import { readOnly } from '../../db/read-only.ts'
import { templateBodies } from '../../db/template-bodies.ts'
import { compile } from '../../flow/compile.ts'
import { nextEntry } from '../../flow/dry-run/next-entry.ts'
import { own } from '../../flow/own.ts'
import type { Reply } from '../../flow/dry-run/reply.ts'
import type { WorkspaceFacts } from '../../flow/facts.ts'
import { migrate } from '../../flow/migrate.ts'
import type { Plan } from '../../flow/plan.ts'
import type { Problem } from '../../flow/problem.ts'
import type { TemplateDocument } from '../../flow/template.ts'
import type { Reader } from '../../flow/reader.ts'
import { problemsOf } from '../flows/problems-of.ts'
import type { Context } from '../http/context.ts'
import { readerOf } from '../reader.ts'
import type { DryRunAsked } from './asked.ts'
import { repliesOf, strangeReplies } from './replies.ts'
import { refuseUnplayable } from './refuse-unplayable.ts'
import { conditionAsked } from './condition-asked.ts'

/** All that a dry run needs beside the facts of its members. */
export interface Prepared {
  plan: Plan
  /** The flow's public id. */
  flow: string
  problems: Problem[]
  workspace: WorkspaceFacts
  of: Population
  size: number
  start: number
  /** No instant of the entry was given: each enters when a date of theirs next brings them in, if that starts the flow. */
  onReturn: boolean
  event: Record<string, unknown> | null
  /** By member's row id, in order of time. */
  replies: Map<number, Reply[]>
  /** By template version. */
  bodies: Map<number, TemplateDocument>
  reader: Reader
  limit: number
}

/** Reads the draft as it is and refuses what cannot be played; nothing is written. */
export function prepare(
  context: Context,
  { flow: id, asked }: { flow: number; asked: DryRunAsked },
): Promise<Prepared> {
  const { memory } = context.desk
  return readOnly(context.db, context.workspace, async (tx) => {
    const document = migrate((await readFlow(tx, id)).draft)
    const problems = await problemsOf(tx, context, document)
    refuseUnplayable(document, problems)
    const plan = compile(document)
    const workspace = await memory.workspace(tx)
    const onReturn = asked.at === undefined
    const start = asked.at === undefined ? nextEntry(plan, context.now().getTime()) : Date.parse(asked.at)
    const { ids, repliers } = await knownMembers(tx, asked, strangeReplies(asked.replies, plan))
    const of = ids
      ? { ids }
      : asked.audience
        ? { where: conditionAsked(asked.audience, workspace) }
        : EVERYBODY
    return {
      plan,
      flow: encodeId('flow', id),
      problems,
      workspace,
      of,
      size: await populationSize(tx, { of, workspace }),
      start,
      onReturn,
      event: asked.event?.data ?? null,
      replies: repliesOf(asked.replies, { members: repliers, start }),
      bodies: await bodiesFor(tx, plan, workspace),
      reader: await readerOf(tx, memory),
      limit: asked.limit,
    }
  })
}

/** The members that are named, each once; whoever is not there is told at their place. */
async function knownMembers(tx: Tx, { members, replies }: DryRunAsked, strange: Issue[]) {
  const named = await memberIds(tx, members ?? [])
  const repliers = await memberIds(
    tx,
    replies.map((reply) => reply.member),
  )
  const issues = [
    ...strange,
    ...named.flatMap((id, at) => (id === undefined ? [unknown(`members[${at}]`)] : [])),
    ...repliers.flatMap((id, at) => (id === undefined ? [unknown(`replies[${at}].member`)] : [])),
  ]
  if (issues.length > 0) throw invalid(issues)
  const known = [...new Set(named.filter((id) => id !== undefined))]
  return { ids: members ? known : null, repliers: repliers.map((id) => id ?? 0) }
}

function unknown(path: string): Issue {
  return { path, code: 'unknown-member', message: 'There is no member with this id.' }
}

async function bodiesFor(tx: Tx, { needs }: Plan, { templates }: WorkspaceFacts) {
  return templateBodies(
    tx,
    needs.templates.flatMap((key) => own(templates, key)?.versionId ?? []),
  )
}
