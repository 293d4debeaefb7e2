import { expect, test } from 'vitest'
import { preview } from '../../activities/render/preview.ts'
import { CHANNELS } from '../../flow/channels/channel.ts'
import { GALLERY } from '../../flow/gallery/gallery.ts'
import type { ReadyFlow } from '../../flow/gallery/ready-flow.ts'
import { scopeOf } from './sample.ts'

const READERS = { en: 'Ada', es: 'Ana' }
const ABOUT = { tier: 'gold', welcomeVoucherEndsAt: '2026-12-05' }
const WHEN = { now: Date.parse('2026-11-21T10:00:00Z'), timeZone: 'Europe/Madrid' }

test.for(GALLERY.map((ready) => [ready.name, ready] as const))(
  '%s reads well in English and Spanish on every channel it is written for',
  ([, ready]) => {
    for (const { place, shown } of previews(ready)) {
      expect({ place, problems: shown.problems }).toEqual({ place, problems: [] })
      const said = JSON.stringify({ ...shown, problems: undefined })
      expect(said).not.toMatch(/\{[{%]|[%}]\}|undefined|null|, ,| {2}|,!/)
    }
  },
)

test('who has no name is greeted without one', () => {
  const welcome = GALLERY.find(({ key }) => key === 'welcome')!
  const body = welcome.templates['welcome_hello']!
  const greet = (locale: string) => preview({ body, channel: 'email', locale, scope: scopeOf({}), ...WHEN })
  expect([greet('en').subject, greet('es').subject]).toEqual(['Welcome', 'Te damos la bienvenida'])
})

test('a text message is never more than two segments, with what is added to marketing', () => {
  const texts = GALLERY.flatMap((ready) => previews(ready)).filter(({ shown }) => shown.segments)
  expect(texts.length).toBeGreaterThan(20)
  expect(texts.filter(({ shown }) => shown.segments! > 2)).toEqual([])
})

/** All that a ready flow can say, to somebody of each language. */
function previews({ flow, data, templates }: ReadyFlow) {
  const marketing = flow.settings.purpose === 'marketing'
  return Object.entries(templates).flatMap(([key, body]) =>
    CHANNELS.filter((channel) => body.content[channel]).flatMap((channel) =>
      Object.entries(READERS).map(([locale, name]) => {
        expect(Object.keys(body.content[channel] ?? {}), `${key} ${channel}`).toContain(locale)
        const scope = scopeOf({ ...ABOUT, name }, data)
        const shown = preview({ body, channel, locale, scope, marketing, ...WHEN })
        return { place: `${key} ${channel} ${locale}`, shown }
      }),
    ),
  )
}
