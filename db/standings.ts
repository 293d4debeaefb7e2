import type { Tx } from './pool.ts'

/** Members of a flow, tests left out, by where they stand. */
export interface Standing {
  /** The number of the version they are in. */
  version: number
  node: string
  kind: string | null
  label: string | null
  resting: number
  active: number
}

/** Where the members inside a flow stand, as a publisher should know before they publish. */
export async function standings(tx: Tx, flow: number): Promise<Standing[]> {
  return tx.rows<Standing>(
    `select v.number version, e.node, v.plan->'nodes'->e.node->>'kind' kind, v.plan->'nodes'->e.node->>'label' label,
       coalesce(sum(e.n) filter (where e.state = 'resting'), 0) resting,
       coalesce(sum(e.n) filter (where e.state = 'active'), 0) active
     from flow f join flow_version v on v.flow = f.id and v.id > coalesce(f.taken_out, 0), lateral (
       select node, state, count(*) n from enrollment
       where version = v.id and state <> 'ended' and not test group by node, state) e
     where f.id = $1 and v.number is not null
     group by v.id, e.node order by v.number desc, e.node`,
    [flow],
  )
}
