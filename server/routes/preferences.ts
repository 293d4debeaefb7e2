import { z } from 'zod'
import { readToken } from '../../activities/render/token.ts'
import { tokenKeys } from '../../activities/render/token-keys.ts'
import { readPreferences, savePreferences } from '../../db/preferences.ts'
import { route } from '../http/route.ts'
import { gone, unknown } from '../public/notice-page.ts'
import { PAGE_HEADERS } from '../public/page.ts'
import { readPreferenceForm } from '../public/preference-form.ts'
import { preferencePage } from '../public/preference-page.ts'
import { wordsFor } from '../public/words.ts'

const params = z.strictObject({ token: z.string().max(200) })
const pageOf = { type: 'text/html' } as const
const headers = PAGE_HEADERS

export const preferenceRoutes = [
  route({
    method: 'get',
    path: '/p/:token',
    summary: 'How and about what a member is written to',
    permission: 'public',
    params,
    responses: { 200: pageOf, 404: pageOf, 410: pageOf },
    async handle({ params: { token }, headers: { 'accept-language': wish } }, { db, secret }) {
      const of = readToken(tokenKeys(secret), 'preferences', token)
      if (!of) return { status: 404, headers, body: unknown(wordsFor(wish)) }
      const preferences = await db.inWorkspace(of.workspace, (tx) => readPreferences(tx, of.member))
      if (!preferences) return { status: 410, headers, body: gone(wordsFor(wish)) }
      const words = wordsFor(preferences.locale, wish)
      return { status: 200, headers, body: preferencePage(preferences, { words, savedAt: null }) }
    },
  }),
  route({
    method: 'post',
    path: '/p/:token',
    summary: 'Change how and about what a member is written to',
    permission: 'public',
    params,
    contentType: 'any',
    responses: { 200: pageOf, 404: pageOf, 410: pageOf },
    async handle(
      { params: { token }, headers: { 'accept-language': wish }, raw },
      { db, desk, secret, now },
    ) {
      const of = readToken(tokenKeys(secret), 'preferences', token)
      if (!of) return { status: 404, headers, body: unknown(wordsFor(wish)) }
      const saved = await db.inWorkspace(of.workspace, async (tx) => {
        const preferences = await readPreferences(tx, of.member)
        if (!preferences) return undefined
        const words = wordsFor(preferences.locale, wish)
        await savePreferences(tx, desk, readPreferenceForm(raw.toString(), { preferences, words }))
        return readPreferences(tx, of.member)
      })
      if (!saved) return { status: 410, headers, body: gone(wordsFor(wish)) }
      const words = wordsFor(saved.locale, wish)
      const clock = {
        timeZone: saved.timeZone ?? 'UTC',
        hour: '2-digit',
        minute: '2-digit',
        hourCycle: 'h23',
      } as const
      const savedAt = now().toLocaleTimeString(words.language, clock)
      return { status: 200, headers, body: preferencePage(saved, { words, savedAt }) }
    },
  }),
]
