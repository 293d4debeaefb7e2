import { expect, test } from 'vitest'
import { dryRun } from '../../flow/dry-run/dry-run.ts'
import { say } from '../../flow/words.ts'
import { played, start, trace, whether } from './dry-played.ts'
import { DAY, NOW } from './scene.ts'
import { sendBy, standing } from './standing.ts'

test('the trigger asks first: an event that does not match enters nobody', () => {
  const where = { field: 'event.prize.tier', op: 'eq', value: 'grand' } as const
  const nodes = { start: start('here', { on: { by: 'event', event: 'Won', where } }), here: sendBy() }
  const { steps, moves } = played({ nodes, event: { prize: { tier: 'silver' } } })
  expect(moves).toEqual([])
  expect(steps).toMatchObject([{ node: 'start', outcome: 'refused' }])
  expect(say(steps[0]!.reason)).toBe(
    'Not in it: their *Won* did not match what the trigger asks for (prize tier was *silver*).',
  )
  expect(trace({ nodes, event: { prize: { tier: 'grand' } } })[0]).toBe('start next entered')
})

test('without an event one that fits is taken to have come, and the first step says so', () => {
  const where = { field: 'event.prize.tier', op: 'eq', value: 'grand' } as const
  const nodes = { start: start('here', { on: { by: 'event', event: 'Won', where } }), here: sendBy() }
  const { steps } = played({ nodes, event: null })
  expect(say(steps[0]!.reason)).toBe(
    'Entered the flow: no event was given, so a fitting *Won* without data is supposed.',
  )
})

test('the event that begins the journey has happened, but not since the entry', () => {
  const count = { op: '>=', n: 1 }
  const nodes = (since: object) => ({
    start: start('asked'),
    asked: whether({ event: 'Won', count, ...since }),
  })
  expect(trace({ nodes: nodes({}) })[1]).toBe('asked yes condition')
  expect(trace({ nodes: nodes({ since: 'entry' }) })[1]).toBe('asked no condition')
})

test('a schedule and an audience take in those who are in their audience', () => {
  const audience = { field: 'member.tier', op: 'eq', value: 'gold' } as const
  for (const on of [
    { by: 'enters', audience },
    { by: 'schedule', cron: '0 9 * * *', timeZone: 'UTC', audience },
  ]) {
    const nodes = { start: start(null, { label: 'Gold', on }) }
    expect(trace({ nodes, event: null, member: { attributes: { tier: 'gold' } } })).toEqual([
      'start next entered',
      'start end end',
    ])
    const [step] = played({ nodes, event: null, member: { attributes: { tier: 'tin' } } }).steps
    expect(say(step!.reason)).toBe('Not in it: not in *Gold* (tier was *tin*).')
  }
})

test('a date takes in those who have one', () => {
  const on = { by: 'date', attribute: 'birthday', offsetMs: 0, at: '09:00', repeat: 'yearly' }
  const nodes = { start: start(null, { on }) }
  expect(trace({ nodes, event: null, member: { attributes: { birthday: '1990-11-21' } } })[0]).toBe(
    'start next entered',
  )
  expect(trace({ nodes, event: null })).toEqual(['start refused no-date'])
})

test('a date that does not return takes in nobody for whom it is over; live, too, it is made up for within a day', () => {
  const on = { by: 'date', attribute: 'renewal', offsetMs: 0, at: '09:00', repeat: 'never' }
  const outcomeOn = (at: number): string | undefined => {
    const attributes = { renewal: new Date(at).toISOString().slice(0, 10) }
    return trace({ nodes: { start: start(null, { on }) }, event: null, member: { attributes } })[0]
  }
  expect(outcomeOn(NOW)).toBe('start next entered')
  expect(outcomeOn(NOW - 2 * DAY)).toBe('start refused date-over')
})

test('a member who plays a flow is inside it', () => {
  const asked = whether({ flow: { id: 'flw_1', state: 'inside' } })
  const { plan, workspace, member } = standing({ nodes: { start: start('asked'), asked } })
  const needing = { ...plan, needs: { ...plan.needs, flows: ['flw_1'] } }
  const { steps } = dryRun({ plan: needing, workspace, member, event: {}, start: NOW, flow: 'flw_1' })
  expect(steps[1]?.outcome).toBe('yes')
})
