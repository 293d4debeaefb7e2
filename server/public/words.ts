import type { Channel } from '../../flow/channels/channel.ts'

/** What the pages for members say, in the languages they speak. */
export interface Words {
  language: string
  channel: Record<Channel, string>
  title: string
  lead: (name: string | null) => string
  order: string
  useIt: string
  up: (channel: string) => string
  down: (channel: string) => string
  topics: string
  topic: string
  noTopics: string
  noChannels: string
  pauseTitle: string
  pauseText: string
  pause: string
  resume: string
  pausedText: string
  save: string
  saved: string
  wording: (topic: string, channel: string) => string
  unsubscribeTitle: string
  unsubscribeText: (topic: string, channel: string) => string
  everything: string
  unsubscribe: string
  unsubscribedTitle: string
  unsubscribedText: (topic: string, channel: string) => string
  choose: string
  goneTitle: string
  goneText: string
  unknownTitle: string
  unknownText: string
}

const en: Words = {
  language: 'en',
  channel: {
    email: 'Email',
    sms: 'SMS',
    whatsapp: 'WhatsApp',
    telegram: 'Telegram',
    push: 'Push',
    voice: 'Calls',
  },
  title: 'Communications',
  lead: (name) => `How and about what we may write to you${name ? `, ${name}` : ''}.`,
  order: 'First we try',
  useIt: 'Use it',
  up: (channel) => `Try ${channel} earlier`,
  down: (channel) => `Try ${channel} later`,
  topics: 'What you get, and where',
  topic: 'Topic',
  noTopics: 'There is nothing to choose from yet.',
  noChannels: 'No channel reaches you at the moment.',
  pauseTitle: 'Pause everything',
  pauseText: 'No messages at all, on any channel, until you say so.',
  pause: 'Pause',
  resume: 'Go on',
  pausedText: 'Everything is paused. Your choices above are kept.',
  save: 'Save',
  saved: 'Saved',
  wording: (topic, channel) => `What you get, and where: ${topic}, ${channel}`,
  unsubscribeTitle: 'Unsubscribe?',
  unsubscribeText: (topic, channel) => `You will no longer get ${topic} by ${channel}.`,
  everything: 'any messages',
  unsubscribe: 'Unsubscribe',
  unsubscribedTitle: 'You are unsubscribed',
  unsubscribedText: (topic, channel) => `You no longer get ${topic} by ${channel}. It holds from now on.`,
  choose: 'Choose what you get, and where',
  goneTitle: 'This is no longer here',
  goneText: 'The message this link belongs to has been deleted. There is nothing you need to do.',
  unknownTitle: 'This link does not work',
  unknownText: 'Perhaps it was cut off on its way. Open it from the message once more.',
}

const es: Words = {
  language: 'es',
  channel: {
    email: 'Correo',
    sms: 'SMS',
    whatsapp: 'WhatsApp',
    telegram: 'Telegram',
    push: 'Avisos',
    voice: 'Llamadas',
  },
  title: 'Comunicaciones',
  lead: (name) => `Cómo y sobre qué podemos escribirte${name ? `, ${name}` : ''}.`,
  order: 'Primero probamos',
  useIt: 'Usar',
  up: (channel) => `Probar antes ${channel}`,
  down: (channel) => `Probar después ${channel}`,
  topics: 'Qué recibes y por dónde',
  topic: 'Tema',
  noTopics: 'Todavía no hay nada que elegir.',
  noChannels: 'Ahora mismo ningún canal llega a ti.',
  pauseTitle: 'Pausarlo todo',
  pauseText: 'Ningún mensaje, por ningún canal, hasta que tú digas.',
  pause: 'Pausar',
  resume: 'Reanudar',
  pausedText: 'Todo está en pausa. Lo que elegiste arriba se conserva.',
  save: 'Guardar',
  saved: 'Guardado',
  wording: (topic, channel) => `Qué recibes y por dónde: ${topic}, ${channel}`,
  unsubscribeTitle: '¿Darte de baja?',
  unsubscribeText: (topic, channel) => `Dejarás de recibir ${topic} por ${channel}.`,
  everything: 'mensajes',
  unsubscribe: 'Darme de baja',
  unsubscribedTitle: 'Te has dado de baja',
  unsubscribedText: (topic, channel) => `Ya no recibirás ${topic} por ${channel}. Vale desde ahora mismo.`,
  choose: 'Elegir qué recibes y por dónde',
  goneTitle: 'Esto ya no está aquí',
  goneText: 'El mensaje de este enlace se ha borrado. No tienes que hacer nada.',
  unknownTitle: 'Este enlace no funciona',
  unknownText: 'Puede que se cortara por el camino. Ábrelo otra vez desde el mensaje.',
}

/** By a member's locale or an Accept-Language header; English where neither is spoken. */
export function wordsFor(...wishes: (string | null | undefined)[]): Words {
  const wish = wishes.find((one) => one)
  return wish?.toLowerCase().startsWith('es') ? es : en
}
