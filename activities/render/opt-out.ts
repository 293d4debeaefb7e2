import type { Still } from '../channels/piece.ts'

/** What is added to a marketing message whose author forgot to say how to stop it. */
interface OptOut {
  /** Before and after the address in HTML, and before it in text. */
  around: { html: readonly [Still, Still]; text: Still }
  /** Within GSM-7, so that it never turns an SMS of one segment into UCS-2. */
  sms: string
}

const ENGLISH = optOutOf('Unsubscribe', 'Reply STOP to opt out')

const OPT_OUTS: Partial<Record<string, OptOut>> = {
  en: ENGLISH,
  es: optOutOf('Darse de baja', 'Responde STOP para darte de baja'),
  de: optOutOf('Abmelden', 'Abmelden: mit STOP antworten'),
  fr: optOutOf('Se désabonner', 'Répondez STOP pour ne plus en recevoir'),
  pt: optOutOf('Cancelar a subscrição', 'Responda STOP para deixar de receber'),
}

/** In the language of the content; English where we do not speak it. */
export function optOut(locale: string): OptOut {
  const [language = ''] = locale.toLowerCase().split('-')
  return OPT_OUTS[language] ?? ENGLISH
}

function optOutOf(link: string, sms: string): OptOut {
  const html = [{ text: '<p style="font-size:12px"><a href="' }, { text: `">${link}</a></p>` }] as const
  return { sms, around: { html, text: { text: `\n\n${link}: ` } } }
}
