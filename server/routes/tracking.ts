import { z } from 'zod'
import { readToken } from '../../activities/render/token.ts'
import { tokenKeys } from '../../activities/render/token-keys.ts'
import { findMessage } from '../../db/messages.ts'
import { takeReceipts } from '../../db/receipts.ts'
import { route } from '../http/route.ts'
import { contentsOf, targetOf } from '../messages/message-content.ts'
import { trackingIn } from '../messages/tracking-for.ts'
import { gone, unknown } from '../public/notice-page.ts'
import { PAGE_HEADERS } from '../public/page.ts'
import { isProxy, PIXEL } from '../public/pixel.ts'
import { sighting } from '../public/sighting.ts'
import { MAIL_HEADERS, messagePage } from '../public/view-page.ts'
import { wordsFor } from '../public/words.ts'

const params = z.strictObject({ token: z.string().max(200) })
const pageOf = { type: 'text/html' } as const
const headers = PAGE_HEADERS

export const trackingRoutes = [
  route({
    method: 'get',
    path: '/c/:token',
    summary: 'Go on to the link that was followed in a message',
    permission: 'public',
    params,
    responses: { 302: z.null(), 404: pageOf, 410: pageOf },
    async handle(
      { params: { token }, head, headers: { 'accept-language': wish } },
      { db, desk, secret, publicUrl, now },
    ) {
      const of = readToken(tokenKeys(secret), 'click', token)
      if (!of) return { status: 404, headers, body: unknown(wordsFor(wish)) }
      const { workspace, message, link } = of
      const trackingFor = trackingIn({ publicUrl, secret }, workspace)
      const target = await db.inWorkspace(workspace, async (tx) => {
        const row = await findMessage(tx, message)
        return row && targetOf(tx, row, { link, trackingFor })
      })
      if (!target) return { status: 410, headers, body: gone(wordsFor(wish)) }
      const click = sighting('clicked', { message, part: link, at: now(), data: { url: target } })
      if (!head) await takeReceipts(db, { ...desk, workspace }, [click])
      return { status: 302, headers: { location: target }, body: null }
    },
  }),
  route({
    method: 'get',
    path: '/o/:token',
    summary: 'The picture that tells that a mail was opened',
    permission: 'public',
    params,
    responses: { 200: { type: 'image/gif' } },
    async handle({ params: { token }, head, headers: asked }, { db, desk, secret, now, log }) {
      const of = readToken(tokenKeys(secret), 'open', token)
      const data = isProxy(asked['user-agent']) ? { proxy: true } : null
      const receipt = of && sighting('opened', { message: of.message, at: now(), data })
      if (receipt && !head) {
        // A mail is never shown with a broken picture because we are busy.
        await takeReceipts(db, { ...desk, workspace: of.workspace }, [receipt]).catch(() =>
          log.warn('an open was not recorded'),
        )
      }
      return { status: 200, body: PIXEL }
    },
  }),
  route({
    method: 'get',
    path: '/v/:token',
    summary: 'A message in the browser',
    permission: 'public',
    params,
    responses: { 200: pageOf, 404: pageOf, 410: pageOf },
    async handle({ params: { token }, headers: { 'accept-language': wish } }, { db, secret, publicUrl }) {
      const of = readToken(tokenKeys(secret), 'view', token)
      if (!of) return { status: 404, headers, body: unknown(wordsFor(wish)) }
      const content = await db.inWorkspace(of.workspace, async (tx) => {
        const row = await findMessage(tx, of.message)
        return (
          row && (await contentsOf(tx, [row], trackingIn({ publicUrl, secret }, of.workspace))).get(row.id)
        )
      })
      if (!content) return { status: 410, headers, body: gone(wordsFor(wish)) }
      if (content.html !== undefined) return { status: 200, headers: MAIL_HEADERS, body: content.html }
      return { status: 200, headers, body: messagePage(content, wordsFor(wish)) }
    },
  }),
]
