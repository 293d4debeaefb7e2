import type { Telling } from './words.ts'

/** What is told of launches and schedules, and of those whom a trigger has not brought in. */
export const TRIGGER_SENTENCES = {
  'launch-stopped': () => 'Ended early: the flow was stopped.',
  'launch-cancelled-finish': () => 'Cancelled: nobody more enters, and those inside go on.',
  'launch-cancelled-exit': () => 'Cancelled: nobody more enters, and those inside were taken out.',
  'launch-cancelled': () =>
    'Left: the launch that brought them was cancelled, and everybody it brought was taken out.',
  'audience-too-slow': () =>
    'Ended early: finding its audience took longer than 2 minutes. Ask for fewer first, beside "all": those with a consent, on a list, with an event.',
  'audience-gone': (tell: Telling) => `Ended early: there is no ${tell.audience()} any more.`,
  'audience-refused': () => 'Ended early: its audience asks too much of each member. Ask for less.',
  'schedule-missed': () =>
    'Not run: it was missed. A missed run is made up for within an hour, and of several only the newest.',
  'schedule-overlap': () => 'Not run: the run before it was still under way.',
  'schedule-again': () => 'Not run: clocks were set back, and this time had come before.',

  'not-in-launch': (tell: Telling) => `Not in it: not in the audience of its last launch${because(tell)}.`,
  'next-run': (tell: Telling) => `Not in it: the next run is at ${tell.moment('at')}${tell.place()}.`,
  'already-chosen': (tell: Telling) =>
    `Not in it: they were in ${tell.audience()} when it was published, and only those who come into it later enter.`,
  'about-to-enter': () => 'Not in it yet: they enter when their turn is looked at next, within a minute.',
  'next-date': (tell: Telling) =>
    `Not in it: *${tell.word('attribute')}* brings them in at ${tell.moment('at')}${tell.place()}.`,
  'date-over': (tell: Telling) =>
    `Not in it: the date in *${tell.word('attribute')}* has passed and does not return.`,
  'date-missed': (tell: Telling) =>
    `Not in it: *${tell.word('attribute')}* should have brought them in at ${tell.moment('at')}${tell.place()}, when nothing ran for more than a day.`,
}

function because(tell: Telling): string {
  const facts = tell.facts()
  return facts && ` (${facts})`
}
