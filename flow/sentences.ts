import { CALL_SENTENCES } from './call-sentences.ts'
import { SEND_SENTENCES } from './send-sentences.ts'
import { sayUpdate } from './update-sentence.ts'
import { TRIGGER_SENTENCES } from './trigger-sentences.ts'
import type { Telling } from './words.ts'

type Sentence = (tell: Telling) => string

/** A sentence per code, in the voice of the product: who, what, when; the remedy where there is one. */
export const SENTENCES: Record<string, Sentence> = {
  end: () => 'Reached the end of the flow.',
  'exit-criteria': (tell) => `Left: the exit criteria of the flow came true${because(tell)}.`,
  erased: () => 'Left: the member was erased.',
  'flow-stopped': () => 'Left: the flow was stopped, and everybody inside was taken out.',
  'passed-in-pause': (tell) =>
    `Left: their time came while the flow was paused (${tell.span('from', 'to')}), and what had passed was dropped.`,
  'entered-in-pause': (tell) =>
    `Left: they entered while the flow was paused (${tell.span('from', 'to')}), and such entries were dropped.`,
  'can-move': () => 'Can be moved to the same step of the new version.',
  'stays-step-gone': () => 'Finishes their version: the new one has no such step.',
  'stays-other-kind': (tell) =>
    `Finishes their version: in the new one this step is a *${tell.word('kind')}*.`,
  moved: (tell) => `Moved to version ${tell.word('version')}, to the same step.`,
  'node-gone': (tell) => `Left: the step ${tell.word('node')} is not in this version.`,
  'never-published': () => 'Not in it: the flow was never published.',
  'flow-is-stopped': () => 'Not in it: the flow is stopped and takes no entries.',
  'not-launched': () => 'Not in it: it was never launched for them.',
  'no-event': (tell) => `Not in it: no *${tell.word('event')}* was received for them.`,
  'event-before-publish': (tell) =>
    `Not in it: their last *${tell.word('event')}* came before this version was published.`,
  'event-did-not-match': (tell) =>
    `Not in it: their *${tell.word('event')}* did not match what the trigger asks for${because(tell)}.`,
  'event-matches-now': (tell) =>
    `Not in it: their *${tell.word('event')}* did not match when it came; it would now.`,
  'not-chosen': (tell) =>
    tell.word('audience')
      ? `Not in it: ${tell.facts() || `not in ${tell.audience()}`}.`
      : `Not in it: not in ${tell.named('the audience of the trigger')}${because(tell)}.`,
  'no-date': (tell) => `Not in it: no date in *${tell.word('attribute')}*.`,
  inside: () => 'Not entered: already inside this flow, and it does not allow entering twice at once.',
  once: () => 'Not entered: this flow takes each member once, and they have been in it.',
  gap: (tell) => `Not entered: their last entry is too recent; possible again from ${tell.moment('from')}.`,

  'in-audience': (tell) => `In ${tell.named('the audience')}${because(tell)}.`,
  'not-in-audience': (tell) => `Left: not in ${tell.named('the audience')}${because(tell)}.`,
  condition: (tell) => `${question(tell)}${tell.args.truth === true ? 'Yes' : 'No'}${because(tell)}.`,
  arm: (tell) =>
    `Takes *${tell.word('arm')}*: ${percent(tell, 'share')} of members do, and the same ones each time.`,
  case: (tell) => `${question(tell)}Takes *${tell.word('case')}*${because(tell)}.`,
  'no-case': (tell) => `${question(tell)}Takes the way for all others${because(tell)}.`,
  updated: sayUpdate,

  wait: (tell) => `Resting until ${tell.moment('dueAt')}${tell.place()}${tell.outsideOfTest()}.`,
  waited: () => 'The wait is over.',
  'date-missing': (tell) => `Not waited: there is no date in *${tell.word('attribute')}*.`,
  'date-passed': (tell) =>
    `Not waited: ${tell.moment('at')}${tell.place()}, which *${tell.word('attribute')}* leads to, had passed.`,
  'wait-event': (tell) =>
    `Resting until ${tell.moment('dueAt')}${tell.outsideOfTest()}: waiting for ${tell.args.matching === true ? 'a ' : ''}${matching(tell)}.`,
  'event-happened': (tell) => `*${tell.word('event')}* happened.`,
  'event-timeout': (tell) => `No ${matching(tell)} came within ${tell.length('ms')}.`,
  paused: () => 'Resting: the flow is paused.',

  entered: (tell) => `Entered the flow${tell.args.test === true ? ' in a test run' : ''}.`,
  'entered-supposedly': (tell) =>
    `Entered the flow: no event was given, so a fitting *${tell.word('event')}* without data is supposed.`,

  ...SEND_SENTENCES,
  ...CALL_SENTENCES,
  ...TRIGGER_SENTENCES,
}

/** 'matching *OrderPlaced*' where not every event will do. */
function matching(tell: Telling): string {
  return `${tell.args.matching === true ? 'matching ' : ''}*${tell.word('event')}*`
}

/** ' (prize tier was *silver*)': what settled a condition. */
function because(tell: Telling): string {
  const facts = tell.facts()
  return facts && ` (${facts})`
}

/** '12.5 %' */
function percent(tell: Telling, name: string): string {
  return `${Math.round(Number(tell.word(name)) * 1_000) / 10} %`
}

/** '*Grand prize?* ', in front of the answer; a step without a name is asked without one. */
function question(tell: Telling): string {
  return tell.word('label') && `*${tell.word('label')}* `
}
