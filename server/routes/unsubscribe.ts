import { z } from 'zod'
import { readToken } from '../../activities/render/token.ts'
import { tokenKeys } from '../../activities/render/token-keys.ts'
import { readSubscription, unsubscribe } from '../../db/unsubscribe.ts'
import { route } from '../http/route.ts'
import { trackingIn } from '../messages/tracking-for.ts'
import { unknown } from '../public/notice-page.ts'
import { PAGE_HEADERS } from '../public/page.ts'
import { askToUnsubscribe, unsubscribed } from '../public/unsubscribe-page.ts'
import { wordsFor } from '../public/words.ts'

const params = z.strictObject({ token: z.string().max(200) })
const pageOf = { type: 'text/html' } as const
const headers = PAGE_HEADERS

export const unsubscribeRoutes = [
  route({
    method: 'get',
    path: '/u/:token',
    summary: 'Ask whether to unsubscribe; changes nothing',
    permission: 'public',
    params,
    responses: { 200: pageOf, 404: pageOf },
    async handle({ params: { token }, headers: { 'accept-language': wish } }, { db, secret, publicUrl }) {
      const of = readToken(tokenKeys(secret), 'unsubscribe', token)
      const found = of && (await db.inWorkspace(of.workspace, (tx) => readSubscription(tx, of.message)))
      if (!found) return { status: 404, headers, body: unknown(wordsFor(wish)) }
      const { preferences } = trackingIn(
        { publicUrl, secret },
        of.workspace,
      )({ id: of.message, member_id: found.member }).links
      const look = { words: wordsFor(found.locale, wish), preferences }
      return {
        status: 200,
        headers,
        body: found.over ? unsubscribed(found, look) : askToUnsubscribe(found, look),
      }
    },
  }),
  route({
    method: 'post',
    path: '/u/:token',
    summary: 'Unsubscribe with one click (RFC 8058)',
    permission: 'public',
    params,
    contentType: 'any',
    responses: { 200: pageOf, 404: pageOf },
    async handle(
      { params: { token }, headers: { 'accept-language': wish } },
      { db, desk, secret, publicUrl },
    ) {
      const of = readToken(tokenKeys(secret), 'unsubscribe', token)
      const act = { message: of?.message ?? 0, source: 'unsubscribe link' }
      const done = of && (await db.inWorkspace(of.workspace, (tx) => unsubscribe(tx, desk, act)))
      if (!done) return { status: 404, headers, body: unknown(wordsFor(wish)) }
      const { preferences } = trackingIn(
        { publicUrl, secret },
        of.workspace,
      )({ id: of.message, member_id: done.member }).links
      return {
        status: 200,
        headers,
        body: unsubscribed(done, { words: wordsFor(done.locale, wish), preferences }),
      }
    },
  }),
]
