const FIRST_NAMES = [
  'Ada', 'Bruno', 'Carla', 'Deniz', 'Elif', 'Farid', 'Greta', 'Hugo', 'Ines', 'Jonas', 'Kaya', 'Lena', 'Milan', 'Nora',
  'Omar', 'Paula', 'Quentin', 'Rosa', 'Samir', 'Tilda', 'Uma', 'Victor', 'Wanda', 'Xenia', 'Yusuf', 'Zoe',
] // prettier-ignore

const PLACES = [
  { locale: 'en', timeZone: 'America/New_York', dial: '+1415555' },
  { locale: 'en-GB', timeZone: 'Europe/London', dial: '+44770090' },
  { locale: 'es', timeZone: 'Europe/Madrid', dial: '+3460000' },
  { locale: 'de', timeZone: 'Europe/Berlin', dial: '+4915550' },
  { locale: 'fr', timeZone: 'Europe/Paris', dial: '+3363998' },
] as const

const TIERS = ['bronze', 'silver', 'gold'] as const

/** How many demo members there are beside those of examples/members.json. */
const COUNT = 47

/** Invented members that differ in all that routing looks at; `.example` addresses reach nobody. Always the same ones. */
export function demoMembers() {
  return Array.from({ length: COUNT }, (_, n) => demoMember(n))
}

function demoMember(n: number) {
  const name = FIRST_NAMES[n % FIRST_NAMES.length] ?? 'Ada'
  const place = PLACES[n % PLACES.length] ?? PLACES[0]
  const reached = { email: n % 7 !== 3, phone: n % 3 !== 1 }
  const agreed = (['email', 'sms'] as const).filter((channel) => n % 5 !== 4 || channel === 'sms')
  return {
    externalId: demoId(n),
    ...(reached.email && { email: `${name.toLowerCase()}.${n}@members.example` }),
    ...(reached.phone && { phone: `${place.dial}${String(1000 + n)}` }),
    locale: place.locale,
    timeZone: place.timeZone,
    attributes: { name, tier: TIERS[n % TIERS.length], tester: n < 3 },
    preferredChannels: n % 4 === 0 ? ['sms'] : ['email'],
    consents: agreed.map((channel) => ({ topic: 'prizes', channel, state: 'granted', source: 'demo' })),
  }
}

export function demoId(n: number): string {
  return `demo-${String(n + 1).padStart(2, '0')}`
}
