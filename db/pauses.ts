/** The pauses of the flow `f` that are over, in order, as flow/pauses has them. */
export const PAUSES = `(select coalesce(jsonb_agg(jsonb_build_object('from', (extract(epoch from p.began_at) * 1000)::bigint,
    'to', (extract(epoch from p.ended_at) * 1000)::bigint, 'clocks', p.clocks) order by p.id), '[]')
  from pause p where p.flow = f.id)`
