import { analyse } from '../../activities/render/analyse.ts'
import type { Tx } from '../../db/pool.ts'
import { templateSchema } from '../../flow/template.ts'

/** A few words for every channel, in English. */
const EVERY_CHANNEL = {
  email: { en: { subject: 'News', html: '<p>News</p>' } },
  sms: { en: { text: 'News' } },
  whatsapp: { en: { template: 'news', language: 'en', params: [] } },
  telegram: { en: { text: 'News' } },
  push: { en: { title: 'News', body: 'News' } },
  voice: { en: { say: 'News' } },
}

/** Stores a new version of a template, as `PUT /v1/templates/:key` does. */
export async function storeTemplate(tx: Tx, key: string, change: object = {}): Promise<void> {
  const body = templateSchema.parse({ name: key, defaultLocale: 'en', content: EVERY_CHANNEL, ...change })
  const { facts } = analyse(body)
  await tx.rows(
    `with head as (
       insert into template (workspace, key, name, version, active)
       values (current_setting('app.workspace')::int, $1, $1, 1, $2)
       on conflict (workspace, key) do update set version = template.version + 1, active = excluded.active
       returning workspace, id, version)
     insert into template_version (workspace, template, number, body, facts)
     select workspace, id, version, $3, $4 from head`,
    [key, body.active, JSON.stringify(body), JSON.stringify(facts)],
  )
}
