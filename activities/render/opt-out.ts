/** What is added to a marketing message whose author forgot to say how to stop it. */
interface OptOut {
  link: string
  /** Within GSM-7, so that it never turns an SMS of one segment into UCS-2. */
  sms: string
}

const ENGLISH: OptOut = { link: 'Unsubscribe', sms: 'Reply STOP to opt out' }

const OPT_OUTS: Partial<Record<string, OptOut>> = {
  en: ENGLISH,
  es: { link: 'Darse de baja', sms: 'Responde STOP para darte de baja' },
  de: { link: 'Abmelden', sms: 'Abmelden: mit STOP antworten' },
  fr: { link: 'Se désabonner', sms: 'Répondez STOP pour ne plus en recevoir' },
  pt: { link: 'Cancelar a subscrição', sms: 'Responda STOP para deixar de receber' },
}

/** In the language of the content; English where we do not speak it. */
export function optOut(locale: string): OptOut {
  const [language = ''] = locale.toLowerCase().split('-')
  return OPT_OUTS[language] ?? ENGLISH
}
