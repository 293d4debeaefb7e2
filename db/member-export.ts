import type { Tx } from './pool.ts'

/** All that is known about a member, by table; undefined when there is no such member. */
export async function exportMember(tx: Tx, externalId: string): Promise<Record<string, unknown> | undefined> {
  const [member] = await tx.rows<{ id: number; profile: unknown }>(
    `select id, to_jsonb(m) - 'id' - 'workspace' - 'erased_at' - 'name_key' profile from member m
     where external_id = $1 and erased_at is null`,
    [externalId],
  )
  if (!member) return undefined
  const parts: Record<string, unknown> = { member: member.profile }
  for (const [name, sql] of Object.entries(PARTS)) {
    const rows = await tx.rows<{ row: unknown }>(sql, [member.id])
    parts[name] = rows.map(({ row }) => row)
  }
  return parts
}

const OWN_FLOW = `(select name from flow where id = e.flow)`

// The keys are what a person reads in their file: words of the product, no numbers that mean nothing outside.
const PARTS: Record<string, string> = {
  addresses: `select jsonb_build_object('kind', kind, 'value', value, 'details', details, 'since', created_at) "row"
    from address where member = $1 order by kind, value`,
  suppressions: `select jsonb_build_object('channel', s.channel, 'kind', a.kind, 'reason', s.reason, 'at', s.at) "row"
    from address a join suppression s on s.digest = a.digest where a.member = $1`,
  consents: `select jsonb_build_object('topic', topic, 'channel', channel, 'state', state, 'source', source,
      'wording', wording, 'proof', proof, 'at', at, 'recordedAt', recorded_at) "row"
    from consent where member = $1 order by id`,
  preferences: `select jsonb_build_object('at', at, 'source', source, 'before', before, 'after', after) "row"
    from preference_change where member = $1 order by id`,
  lists: `select jsonb_build_object('key', l.key, 'name', l.name, 'since', lm.added_at) "row"
    from list_member lm join list l on l.id = lm.list where lm.member = $1 order by l.key`,
  dates: `select jsonb_build_object('flow', ${OWN_FLOW}, 'day', e.day, 'at', e.due_at, 'state', e.state) "row"
    from occurrence e where e.member = $1 order by e.day`,
  watchedBy: `select jsonb_build_object('flow', ${OWN_FLOW}) "row" from membership e where e.member = $1 order by e.flow`,
  events: `select jsonb_build_object('id', external_id, 'type', type, 'at', at, 'receivedAt', received_at, 'data', data) "row"
    from event where member = $1 order by id`,
  journeys: `select jsonb_build_object('flow', ${OWN_FLOW}, 'node', e.node, 'state', e.state, 'enteredAt', e.entered_at,
      'endedAt', e.ended_at, 'reason', e.reason, 'entry', e.entry, 'variables', e.journey,
      'steps', (select jsonb_agg(jsonb_build_object('node', s.node, 'at', s.at, 'outcome', s.outcome, 'code', s.code,
        'args', s.args, 'candidates', s.candidates) order by s.id)
        from step s where s.enrollment = e.id and s.period = e.period)) "row"
    from enrollment e where e.member = $1 order by e.id`,
  calls: `select jsonb_build_object('flow', ${OWN_FLOW}, 'node', e.node, 'status', e.status, 'answer', e.response,
      'reason', e.reason, 'calledAt', e.called_at, 'endedAt', e.ended_at) "row"
    from webhook_call e where e.member = $1 order by e.id`,
  messages: `select jsonb_build_object('flow', ${OWN_FLOW}, 'channel', e.channel, 'to', e."to", 'subject', e.subject,
      'template', (select key from template where id = e.template), 'variables', e.vars, 'status', e.status,
      'reason', e.reason, 'createdAt', e.created_at, 'sentAt', e.sent_at, 'deliveredAt', e.delivered_at,
      'readAt', e.read_at, 'openedAt', e.opened_at, 'clickedAt', e.clicked_at,
      'receipts', (select jsonb_agg(jsonb_build_object('kind', r.kind, 'at', r.at, 'data', r.data) order by r.id)
        from receipt r where r.message = e.id)) "row"
    from message e where e.member = $1 order by e.id`,
}
