import pg from 'pg'
import { startInstallation, type Installation } from '../support/installation.ts'
import { median, type Figure } from './figures.ts'

const MEMBERS = 200_000
const SAMPLES = 15

const QUESTIONS: Record<string, object> = {
  'equality on an attribute': { field: 'member.tier', op: 'eq', value: 'gold' },
  'preferred locale': { field: 'member.locale', op: 'eq', value: 'es' },
  consent: { consent: { topic: 'prizes', channel: 'email', state: 'granted' } },
  reachable: { reachable: 'email' },
  'on a list': { inList: 'vip' },
  'had an event in a week': { event: 'Won', count: { op: '>', n: 0 }, within: 'P7D' },
  'all of these': {
    all: [
      { consent: { topic: 'prizes', channel: 'email', state: 'granted' } },
      { reachable: 'email' },
      { field: 'member.tier', op: 'eq', value: 'gold' },
      { not: { inList: 'vip' } },
    ],
  },
}

/** What a marketer waits for: one saved audience with its count, over HTTP, beside the plainest count of the table. */
export async function audience(): Promise<Figure[]> {
  const installation = await startInstallation()
  const sql = new pg.Client({ connectionString: installation.databaseUrl })
  try {
    await sql.connect()
    for (const statement of POPULATION) await sql.query(statement)
    const limit = await time(() => sql.query('select count(*) from member'))
    const figures: Figure[] = []
    for (const [name, where] of Object.entries(QUESTIONS)) {
      const value = await counting(installation, where)
      figures.push({
        name: `audience of ${MEMBERS.toLocaleString('en')}: ${name}`,
        value,
        unit: 'ms',
        limit: { value: limit, of: 'select count(*) from member' },
        aim: '≤ 150 ms',
      })
    }
    return figures
  } finally {
    await sql.end()
    await installation.stop()
  }
}

async function counting({ api }: Installation, where: object): Promise<number> {
  await api.send('PUT', '/v1/audiences/bench', { name: 'Bench', where })
  return time(() => api.get('/v1/audiences/bench'))
}

async function time(ask: () => Promise<unknown>): Promise<number> {
  const times: number[] = []
  for (let n = 0; n < SAMPLES; n += 1) {
    const started = performance.now()
    await ask()
    times.push(performance.now() - started)
  }
  return median(times)
}

/** In a workspace that exists; the owner of the tables is above its row-level security. */
const POPULATION = [
  `insert into member (workspace, external_id, locale, attributes)
   select w.id, 'm-' || n, (array['es', 'en', 'de', 'fr', 'pt-BR'])[1 + n % 5], jsonb_build_object('name', 'Ana ' || n,
     'tier', (array['gold', 'silver', 'bronze', 'none'])[1 + n % 4], 'points', n % 1000,
     'birthday', date '1960-01-01' + n % 20000, 'city', 'City ' || n % 500, 'tags', jsonb_build_array('t' || n % 10))
   from (select min(id) id from workspace) w, generate_series(1, ${MEMBERS}) n`,
  `insert into address (workspace, member, kind, value, digest)
   select workspace, id, kind, kind || external_id, sha256((kind || external_id)::bytea)
   from member, unnest(array['email', 'phone']) kind where id % 10 > 0`,
  `insert into suppression (workspace, channel, digest, reason)
   select workspace, 'email', digest, 'bounce' from address where kind = 'email' and member % 50 = 1`,
  `insert into consent_state (workspace, member, topic, channel, state, source, at)
   select workspace, id, topic, channel, case id % 4 when 0 then 'revoked' else 'granted' end, 'form', now()
   from member, unnest(array['prizes', 'news']) topic, unnest(array['email', 'sms']) channel`,
  `insert into list (workspace, key, name) select min(id), 'vip', 'VIP' from workspace`,
  `insert into list_member (workspace, list, member)
   select m.workspace, l.id, m.id from member m, list l where m.id % 7 = 0`,
  `insert into event (workspace, external_id, type, member, at)
   select workspace, 'e-' || n || '-' || id, (array['Won', 'Lost', 'Visited', 'Bought', 'Opened'])[1 + (id + n) % 5], id,
     now() - (id * 7 + n) % 100 * interval '1 day' from member, generate_series(1, 5) n`,
  'vacuum analyze',
]
