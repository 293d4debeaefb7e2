import type { Telling } from './words.ts'

type Sentence = (tell: Telling) => string

/** What is told of a webhook step. */
export const CALL_SENTENCES = {
  call: (tell: Telling) => `Calling ${hostIn(tell)}.`,
  called: (tell: Telling) =>
    `Called ${hostIn(tell)}: it answered ${tell.word('status') || 'yes'}${lost(tell)}.`,
  'call-supposedly': (tell: Telling) => `Would call ${hostIn(tell)}.`,
  'called-supposedly': (tell: Telling) =>
    `Would call ${hostIn(tell)}; taken as answered ${tell.word('status') || 'that all is well'}.`,
  'call-failed': (tell: Telling) => `Failed to call ${hostIn(tell)}: ${whyIn(tell)}${tries(tell)}.`,
}

/** The rest of a call between two tries. */
export function callAgain(tell: Telling): string {
  return `Resting until ${tell.moment('dueAt')}: ${hostIn(tell)} is called again (${whyIn(tell)}).`
}

const WHY: Record<string, Sentence> = {
  status: (tell) => `it answered ${tell.word('status')}`,
  redirect: (tell) =>
    `it answered ${tell.word('status')}, a redirect, and none is followed; call the address it leads to`,
  timeout: (tell) => `it gave no whole answer within ${tell.length('ms')}`,
  unreachable: () => 'it could not be reached',
  encryption: () => 'no encrypted connection could be made; check its certificate',
  'no-http': () => 'it did not answer in HTTP',
  cut: () => 'the connection was lost before its answer was complete',
  interrupted: () => 'the process that called it was shut down',
  scheme: () => 'its address does not begin with https:// or http://',
  'sign-in': () => 'its address holds a user or a password; send them in a header',
  port: () => 'its port is not one of the web',
  address: () => 'it is in a network that must not be called; FANFARE_WEBHOOK_HOSTS can allow it',
  body: (tell) => `the body could not be filled for this member (${tell.word('fault')})`,
  secret: (tell) => `the secret *${tell.word('secret')}* is missing or cannot be opened; store it again`,
}

const LOST: Record<string, string> = {
  'too-large': ', but nothing was stored: its answer is longer than 64 KiB',
  'no-json': ', but nothing was stored: its answer is no JSON',
}

function whyIn(tell: Telling): string {
  const why = tell.word('why')
  return Object.hasOwn(WHY, why) ? WHY[why]!(tell) : 'it did not work out' // just looked up
}

function lost(tell: Telling): string {
  const unset = tell.names('unset')
  return LOST[tell.word('lost')] ?? (unset && `, but with nothing to store for ${unset}`)
}

function tries(tell: Telling): string {
  return Number(tell.word('tries')) > 1 ? ` (tried ${tell.word('tries')} times)` : ''
}

/** Erasure leaves no arguments behind. */
function hostIn(tell: Telling): string {
  return tell.word('host') || 'the other system'
}
