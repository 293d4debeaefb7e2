import { readFileSync } from 'node:fs'
import { composer } from '../../activities/channels/smtp/compose.ts'
import { type Mailbox, parseMailbox } from '../../activities/channels/smtp/mailbox.ts'
import type { Outgoing } from '../../activities/channels/transport.ts'
import { compile } from '../../activities/render/compile.ts'
import { render } from '../../activities/render/render.ts'
import { tokenKeys } from '../../activities/render/token-keys.ts'
import { type Tracking, trackingOf } from '../../activities/render/tracking.ts'
import { scopeOfVars } from '../../activities/render/vars.ts'
import { buildScope, type Scope } from '../../flow/scope.ts'
import { templateSchema } from '../../flow/template.ts'
import { mailComposer } from '../channels/mail-composer.ts'
import { referenceMail } from '../render/reference.ts'
import type { Figure } from './figures.ts'

interface Mail {
  subject: string
  html: string
}
type Make = (n: number) => Promise<Buffer>

const MAILS = 20_000
const SHORT = 1_000
const SETTINGS = { host: 'localhost', port: 25, from: { name: 'Fanfare', address: 'news@fanfare.example' } }
const KEYS = tokenKeys('a secret of thirty-two characters')
const TO = parseMailbox('ada@members.example') as Mailbox // it is one
const WHEN = { now: Date.UTC(2026, 10, 21, 9), timeZone: 'Europe/Madrid' }

/** CPU of one process for one mail, from a member's facts to the bytes for the wire. */
export async function mime(): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const [name, mail] of Object.entries({
    'winner mail': winner(),
    'mail of 5 KB, 5 links': newsletter(),
  })) {
    for (const tracked of [false, true]) {
      const whole = await cpuOf(SHORT, wholeWay(mail, tracked))
      figures.push({
        name: `${name}, ${tracked ? 'tracked' : 'untracked'}`,
        value: await cpuOf(MAILS, inPieces(mail, tracked)),
        unit: 'µs CPU',
        limit: { value: whole, of: 'Liquid and nodemailer from end to end' },
        aim: tracked ? '≤ 60 µs' : '≤ 30 µs',
      })
    }
  }
  return figures
}

function inPieces(content: Mail, tracked: boolean): Make {
  const compose = composer(SETTINGS)
  const compiled = { channel: 'email', locale: 'en', content, templateVersionId: nextVersion() } as const
  return (n) => {
    const tracking = tracked ? trackingFor(n) : null
    const made = render({ ...compiled, scope: scopeFor(n), ...WHEN, tracking, marketing: false })
    return compose(outgoing(n, made), TO)
  }
}

function wholeWay(content: Mail, tracked: boolean): Make {
  const compose = mailComposer(SETTINGS)
  const { collect } = compile('email', content)
  return (n) => {
    const tracking = tracked ? trackingFor(n) : null
    const scope = scopeOfVars(collect(scopeFor(n), WHEN), null)
    const setting = { ...WHEN, locale: 'en' }
    const made = referenceMail({ content, scope, setting, tracking, unsubscribe: null })
    return compose(outgoing(n, { content: made }), TO)
  }
}

async function cpuOf(mails: number, make: Make): Promise<number> {
  for (let n = 0; n < SHORT; n += 1) await make(n)
  const before = process.cpuUsage()
  for (let n = 0; n < mails; n += 1) await make(n)
  const { user, system } = process.cpuUsage(before)
  return (user + system) / mails
}

function outgoing(n: number, made: Pick<Outgoing, 'content' | 'pieces'>): Outgoing {
  return {
    id: `msg_${n.toString(36)}`,
    channel: 'email',
    to: TO.address,
    toName: null,
    unsubscribe: null,
    ...made,
  }
}

const trackingFor = (n: number): Tracking =>
  trackingOf({ publicUrl: 'https://fanfare.example', keys: KEYS, workspace: 1, member: n, message: n })

function scopeFor(n: number): Scope {
  const attributes = { name: `Ana ${n}`, city: 'Málaga', points: n, tier: 'gold' }
  const member = {
    externalId: `m-${n}`,
    email: `m${n}@members.example`,
    phone: null,
    locale: 'en',
    attributes,
  }
  const data = { prize: { name: 'Bicycle', code: `B-${n}` } }
  return buildScope({
    member,
    enrollment: { entry: { id: `e-${n}`, type: 'Won', at: WHEN.now, data }, journey: {} },
  })
}

let versions = 0
const nextVersion = (): number => (versions += 1)

const EXAMPLE = new URL('../../examples/campaign_winner.template.json', import.meta.url)

function winner(): Mail {
  return templateSchema.parse(JSON.parse(readFileSync(EXAMPLE, 'utf8'))).content.email!['en']!
}

/** Five sections, each with a link and a greeting of its own: as marketers write them, most of it is style. */
function newsletter(): Mail {
  const section = (n: number) =>
    `<tr><td style="padding:24px 32px;font-family:Helvetica,Arial,sans-serif;font-size:16px;line-height:24px">
<h2 style="margin:0 0 8px;font-size:20px;color:#1a1a2e">Offer ${n} for {{ member.name }}</h2>
<p style="margin:0 0 16px;color:#444">${'Something good waits for you, and it is yours until Sunday evening. '.repeat(6)}</p>
<p style="margin:0"><a href="https://shop.example/offers/${n}?utm_source=mail&amp;utm_campaign=november" style="color:#0b5fff">
See offer ${n} in {{ member.city }}</a></p></td></tr>`
  const sections = [1, 2, 3, 4, 5].map(section).join('\n')
  return {
    subject: '{{ member.name }}, five offers with your {{ member.points }} points',
    html: `<!doctype html><html><body style="margin:0;background:#f4f4f8"><table width="600" align="center">
<tr><td><h1>Good morning{% if member.name %}, {{ member.name }}{% endif %}!</h1></td></tr>
${sections}</table></body></html>`,
  }
}
