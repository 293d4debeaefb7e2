import type { ConsentLeaf } from '../../../flow/conditions/leaves/consent.ts'
import type { LeafSql } from '../leaf-sql.ts'

/** A STOP on the channel (topic `*` revoked) revokes every topic there. */
export const consent: LeafSql<ConsentLeaf> = {
  sql({ consent: { topic, channel, state } }, { param }) {
    const on = `select from consent_state c where c.member = m.id and c.channel = ${param(channel)}::text`
    const asked = `exists (${on} and c.topic = ${param(topic)}::text and c.state = ${param(state)}::text)`
    const stopped = `exists (${on} and c.topic = '*' and c.state = 'revoked')`
    return state === 'granted' ? `${asked} and not ${stopped}` : `${asked} or ${stopped}`
  },
}
