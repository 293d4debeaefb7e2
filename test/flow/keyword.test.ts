import { expect, test } from 'vitest'
import { keywordOf } from '../../flow/keyword.ts'

test.each([
  'STOP',
  ' stop. ',
  'Stop!!! 🛑',
  'stop texting me',
  'STOPALL',
  'Unsubscribe',
  'opt-out',
  'QUIT',
  'end',
  'ＳＴＯＰ',
  'Baja',
  '¡ALTO!',
  'No más',
  'ARRÊT',
  'Désabonner',
  'Abmelden',
  'SAIR',
  'Annulla',
  'AFMELDEN',
  'REZYGNUJĘ',
  'СТОП',
  'إلغاء',
])('"%s" is an opt-out', (reply) => {
  expect(keywordOf(reply)).toBe('stop')
})

test.each(['START', 'unstop', 'Yes', 'Alta'])('"%s" takes an opt-out back', (reply) => {
  expect(keywordOf(reply)).toBe('start')
})

test.each([
  '',
  '👍',
  'Cancel my order 12',
  'End of the world',
  'nonstop',
  'I cannot stop laughing',
  'yes please send more',
])('"%s" asks for neither', (reply) => {
  expect(keywordOf(reply)).toBeNull()
})
