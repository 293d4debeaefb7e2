export type Keyword = 'stop' | 'start'

/**
 * What a reply asks for, or null. The whole reply must be the word, as the networks have it; sentences that begin
 * with a plain request to stop count, too: any reasonable wording is a legal opt-out (47 CFR 64.1200(a)(10)).
 */
export function keywordOf(reply: string): Keyword | null {
  const text = plain(reply)
  if (STOP.has(text) || STOP_BEGINNINGS.some((beginning) => text.startsWith(`${beginning} `))) return 'stop'
  return START.has(text) ? 'start' : null
}

/** Without case, accents, punctuation and emoji: "¡Baja!" is "baja". */
function plain(text: string): string {
  return text
    .slice(0, 500)
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}

// Twilio's defaults and the words of 47 CFR 64.1200(a)(10), then es, fr, de, pt, it, nl, pl, ru, ar.
const STOP = new Set(
  [
    'stop, stopall, stop all, unsubscribe, cancel, end, quit, revoke, optout, opt out',
    'alto, baja, darme de baja, cancelar, parar, no mas',
    'arret, arrete, arreter, arretez, desabonner, desabonnement, me desabonner',
    'stopp, stoppen, abmelden, abbestellen, ende',
    'pare, sair',
    'annulla, basta, cancellami, disiscrivi',
    'afmelden, stoppen',
    'rezygnuje',
    'стоп, отписаться, отписка',
    'توقف, إلغاء',
  ].flatMap((words) => words.split(', ').map(plain)),
)

const START = new Set(['start', 'unstop', 'yes', 'alta', 'si', 'demarrer', 'старт'].map(plain))

// One of these at the beginning of a sentence is meant; "end" or "cancel" may begin any other ("cancel my order").
const STOP_BEGINNINGS = [
  'stop',
  'unsubscribe',
  'opt out',
  'no mas',
  'darme de baja',
  'me desabonner',
  'desabonner',
]
