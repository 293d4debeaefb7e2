import { drawOne, drawWeighted } from './draw.ts'

interface Place {
  locale: string
  timeZone: string
  region: string
  /** How phone numbers begin; four digits follow. */
  dial: string
  firstNames: string[]
  lastNames: string[]
}

const ENGLISH = {
  firstNames: 'Ada Ben Chloe Daniel Ella Finn Grace Harry Isla Jack Kate Leo Maya Noah Olivia Ruby Sam Zoe'.split(' '),
  lastNames: 'Baker Brooks Carter Clarke Davies Ellis Foster Gray Hughes Kelly Morgan Palmer Reed Shaw Turner Ward'.split(' '),
} // prettier-ignore
const SPANISH = {
  firstNames: 'Alba Bruno Carla Diego Elena Fran Gloria Hugo Inés Javier Lucía Marcos Nerea Óscar Paula Sofía'.split(' '),
  lastNames: 'Castro Delgado Domínguez Flores García Iglesias Lozano Marín Navarro Ortega Peña Reyes Romero Serrano Vega'.split(' '),
} // prettier-ignore
const GERMAN = {
  firstNames: 'Anja Björn Clara Deniz Emil Frieda Greta Jonas Katrin Lena Matthias Nele Oskar Paul Rosa Tilda'.split(' '),
  lastNames: 'Bauer Becker Fischer Hartmann Keller Köhler Krüger Lang Müller Neumann Richter Schäfer Vogel Winter Wolf'.split(' '),
} // prettier-ignore
const FRENCH = {
  firstNames: 'Agathe Bastien Camille Delphine Élise Farid Gabriel Hélène Inès Julien Louise Maël Nina Quentin Samir'.split(' '),
  lastNames: 'Blanc Bonnet Chevalier Durand Faure Garnier Girard Lambert Lefèvre Marchand Moreau Perrin Renard Roux'.split(' '),
} // prettier-ignore
const PORTUGUESE = {
  firstNames: 'Ana Bruna Caio Davi Fernanda Gustavo Helena Igor João Larissa Mateus Natália Otávio Rafaela Thiago'.split(' '),
  lastNames: 'Almeida Barbosa Cardoso Dias Freitas Gomes Lima Martins Moraes Nunes Pinto Ribeiro Souza Teixeira'.split(' '),
} // prettier-ignore

const PLACES: readonly (readonly [Place, number])[] = [
  [{ locale: 'es', timeZone: 'Europe/Madrid', region: 'eu', dial: '+3460000', ...SPANISH }, 26],
  [{ locale: 'en-GB', timeZone: 'Europe/London', region: 'eu', dial: '+44770090', ...ENGLISH }, 16],
  [{ locale: 'de', timeZone: 'Europe/Berlin', region: 'eu', dial: '+4915550', ...GERMAN }, 13],
  [{ locale: 'fr', timeZone: 'Europe/Paris', region: 'eu', dial: '+3363998', ...FRENCH }, 10],
  [{ locale: 'en', timeZone: 'America/New_York', region: 'us', dial: '+1212555', ...ENGLISH }, 11],
  [{ locale: 'en', timeZone: 'America/Los_Angeles', region: 'us', dial: '+1415555', ...ENGLISH }, 6],
  [{ locale: 'es-MX', timeZone: 'America/Mexico_City', region: 'latam', dial: '+52555000', ...SPANISH }, 8],
  [{ locale: 'pt-BR', timeZone: 'America/Sao_Paulo', region: 'latam', dial: '+551190000', ...PORTUGUESE }, 6],
  [{ locale: 'en-AU', timeZone: 'Australia/Sydney', region: 'apac', dial: '+6149157', ...ENGLISH }, 4],
]

/** Where somebody lives, and how people are called there. */
export function home(n: number) {
  const place = drawWeighted(n, 'place', PLACES)
  return {
    ...place,
    firstName: drawOne(n, 'first name', place.firstNames),
    lastName: drawOne(n, 'last name', place.lastNames),
  }
}
