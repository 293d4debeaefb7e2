import type { Tx } from './pool.ts'

interface NodeStats {
  entered: number
  resting: number
  left: number
  failed: number
  exits: Record<string, number>
}

export interface FlowStats {
  enrolled: number
  active: number
  resting: number
  ended: number
  nodes: Record<string, NodeStats>
}

/**
 * The balance of a flow over all its versions, tests left out. Movements and people are read in one statement, so in
 * one snapshot; the last part names the nodes and exits nobody came to yet. enrolled = active + resting + ended, and per node entered = here + Σ exits + left, always.
 */
export async function flowStats(tx: Tx, flow: number): Promise<FlowStats> {
  const rows = await tx.rows<{ node: string; what: string; n: number }>(
    `select t.node, t.what, sum(t.n)::bigint n from tally t
     where t.version in (select id from flow_version where flow = $1) group by t.node, t.what
     union all
     select t.node, 'enrolled', sum(t.n)::bigint from tally t join flow_version v on v.id = t.version
     where v.flow = $1 and t.what = 'in' and t.node = v.plan->>'start' group by t.node
     union all
     select e.node, 'state ' || e.state, count(*) from enrollment e
     where e.version in (select id from flow_version where flow = $1) and e.state <> 'ended' and not e.test
     group by e.node, e.state
     union all
     select node.key, word, 0 from flow_version v, jsonb_each(v.plan->'nodes') node,
       lateral (select 'in' word union all select '>' || jsonb_object_keys(node.value->'exits')) words
     where v.id = (select version from flow where id = $1)`,
    [flow],
  )
  const nodes: Record<string, NodeStats> = {}
  const people = { active: 0, resting: 0 }
  let enrolled = 0
  for (const { node, what, n } of rows) {
    const stats = (nodes[node] ??= { entered: 0, resting: 0, left: 0, failed: 0, exits: {} })
    count(stats, what, n)
    if (what === 'state active') people.active += n
    if (what === 'state resting') people.resting += n
    if (what === 'enrolled') enrolled += n
  }
  return { enrolled, ...people, ended: enrolled - people.active - people.resting, nodes }
}

function count(stats: NodeStats, what: string, n: number): void {
  if (what === 'in') stats.entered += n
  else if (what === 'left') stats.left += n
  else if (what === 'state resting') stats.resting += n
  else if (what.startsWith('>')) {
    const handle = what.slice(1)
    stats.exits[handle] = (stats.exits[handle] ?? 0) + n
    if (handle === 'failed') stats.failed += n
  }
}
