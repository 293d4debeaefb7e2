import type { Telling } from './words.ts'

/** 'Set *tier*, added the tag *vip*. *code* stays as it was: there was no value for it.' */
export function sayUpdate(tell: Telling): string {
  const done = [
    part('set', tell.names('set')),
    part('cleared', tell.names('cleared')),
    part('added the tag', tell.names('addTags')),
    part('removed the tag', tell.names('removeTags')),
    part('recorded the consent for', consentOf(tell)),
  ].filter((one) => one !== '')
  return [
    done.length > 0 ? `${capital(done.join(', '))}.` : 'Nothing was changed.',
    left(tell.names('missing'), 'there was no value for it'),
    left(tell.names('tooLarge'), 'all attributes together hold at most 256 KiB'),
  ]
    .filter((one) => one !== '')
    .join(' ')
}

function part(done: string, what: string): string {
  return what && `${done} ${what}`
}

function left(names: string, why: string): string {
  return names && `${names} stays as it was: ${why}.`
}

/** '*news* by email as granted' */
function consentOf(tell: Telling): string {
  return tell.word('topic') && `*${tell.word('topic')}* by ${tell.channel()} as ${tell.word('state')}`
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
