import { describe, expect, test } from 'vitest'
import { evaluate } from '../../flow/conditions/evaluate.ts'
import { sayVerdict } from '../../flow/conditions/words.ts'
import type { Condition } from '../../flow/conditions/schema.ts'
import { ANYBODY } from '../../flow/reader.ts'
import { DAY, eventWith, hopWith, NOW, sceneWith } from './scene.ts'

type Scene = ReturnType<typeof sceneWith>
const truth = (condition: Condition, scene: Scene) => evaluate(condition, scene).truth
const words = (condition: Condition, scene: Scene) => sayVerdict(evaluate(condition, scene), ANYBODY)

describe('an event leaf', () => {
  const atLeastOnce = { event: 'PrizeRedeemed', count: { op: '>=', n: 1 } } as const
  const never = { event: 'PrizeRedeemed', count: { op: '=', n: 0 } } as const

  test('counts no event as 0', () => {
    expect(truth(atLeastOnce, sceneWith())).toBe(false)
    expect(truth(never, sceneWith())).toBe(true)
    expect(truth({ ...never, count: { op: '<', n: 1 } }, sceneWith())).toBe(true)
    expect(truth({ ...never, count: { op: '>', n: 0 } }, sceneWith())).toBe(false)
    expect(truth({ ...never, count: { op: '<=', n: 0 } }, sceneWith())).toBe(true)
  })

  test('since the entry counts what was received after it, and never the entry itself', () => {
    const at = (seq: number) =>
      sceneWith({ member: { events: [eventWith({ seq })] }, enrollment: { seq: 100 } })
    expect(truth({ ...atLeastOnce, since: 'entry' }, at(100))).toBe(false)
    expect(truth({ ...atLeastOnce, since: 'entry' }, at(101))).toBe(true)
  })

  test('since the entry is false outside a journey, whatever it counts', () => {
    expect(truth({ ...never, since: 'entry' }, sceneWith({ enrollment: null }))).toBe(false)
  })

  test('within goes by the time of the event, not its arrival', () => {
    const at = (ms: number) => sceneWith({ member: { events: [eventWith({ at: ms })] } })
    expect(truth({ ...atLeastOnce, within: 'P7D' }, at(NOW - 7 * DAY))).toBe(true)
    expect(truth({ ...atLeastOnce, within: 'P7D' }, at(NOW - 7 * DAY - 1))).toBe(false)
  })

  test('within counts an event whose sender’s clock runs ahead', () => {
    const scene = sceneWith({ member: { events: [eventWith({ at: NOW + 500 })] } })
    expect(truth({ ...atLeastOnce, within: 'P7D' }, scene)).toBe(true)
  })

  test('where reads the event under test as event and the one that began the journey as entry', () => {
    const scene = sceneWith({
      member: { events: [eventWith({ data: { code: 'BIKE-77' } }), eventWith({ data: { code: 'CAR-1' } })] },
    })
    const where: Condition = { field: 'event.code', op: 'eq', value: { ref: 'entry.data.prize.code' } }
    expect(truth({ ...atLeastOnce, count: { op: '=', n: 1 }, where }, scene)).toBe(true)
  })

  test('nested in the where of others answers in time however many events there are', () => {
    const events = Array.from({ length: 300 }, (_, seq) => eventWith({ seq }))
    let condition: Condition = atLeastOnce
    for (let depth = 0; depth < 15; depth += 1)
      condition = { ...atLeastOnce, where: { all: [condition, condition] } }
    expect(truth(condition, sceneWith({ member: { events } }))).toBe(true)
  })
})

describe('a message leaf', () => {
  const asks = (status: 'sent' | 'delivered' | 'read' | 'clicked' | 'failed', node?: string): Condition => ({
    message: { status, ...(node && { node }) },
  })
  const withHop = (hop: Parameters<typeof hopWith>[0]) => sceneWith({ enrollment: { hops: [hopWith(hop)] } })

  test('means reached at least', () => {
    const read = withHop({ status: 'read', deliveredAt: NOW, readAt: NOW })
    for (const status of ['sent', 'delivered', 'read'] as const) expect(truth(asks(status), read)).toBe(true)
    expect(truth(asks('clicked'), read)).toBe(false)
  })

  test('takes a click as read and delivered', () => {
    expect(truth(asks('delivered'), withHop({ clickedAt: NOW }))).toBe(true)
  })

  test('knows a bounced message was sent, and failed', () => {
    const bounced = withHop({ status: 'failed' })
    expect(truth(asks('sent'), bounced)).toBe(true)
    expect(truth(asks('failed'), bounced)).toBe(true)
    expect(truth(asks('delivered'), bounced)).toBe(false)
  })

  test('looks at one node, or at any', () => {
    expect(truth(asks('sent', 'congrats'), withHop({}))).toBe(true)
    expect(truth(asks('sent', 'remind'), withHop({}))).toBe(false)
    expect(truth(asks('sent'), withHop({}))).toBe(true)
  })

  test('takes neither pending nor unknown for sent', () => {
    for (const status of ['pending', 'sending', 'unknown'] as const) {
      expect(truth(asks('sent'), withHop({ status, sentAt: null }))).toBe(false)
    }
  })
})

describe('an audience leaf', () => {
  const gold: Condition = { field: 'member.tier', op: 'eq', value: 'gold' }

  test('asks the saved audience afresh, also through others', () => {
    const audiences: Record<string, Condition> = { gold, friends: { inAudience: 'gold' } }
    const of = (tier: string) => sceneWith({ audiences, member: { attributes: { tier } } })
    expect(truth({ inAudience: 'friends' }, of('gold'))).toBe(true)
    expect(truth({ inAudience: 'friends' }, of('silver'))).toBe(false)
    expect(words({ inAudience: 'gold' }, of('silver'))).toBe('not in audience *gold* (tier was *silver*)')
  })

  test('is false for an audience that does not exist or is named like a property of all objects', () => {
    for (const key of ['nobody', '__proto__', 'constructor'])
      expect(truth({ inAudience: key }, sceneWith())).toBe(false)
  })

  test('is false in its own circle', () => {
    const audiences: Record<string, Condition> = { a: { inAudience: 'b' }, b: { any: [{ inAudience: 'a' }] } }
    expect(truth({ inAudience: 'a' }, sceneWith({ audiences }))).toBe(false)
  })

  test('answers in time when audiences name each other again and again', () => {
    const audiences: Record<string, Condition> = { a0: gold }
    for (let n = 1; n < 200; n += 1) {
      audiences[`a${n}`] = { all: [{ inAudience: `a${n - 1}` }, { inAudience: `a${n - 1}` }] }
    }
    expect(
      truth({ inAudience: 'a15' }, sceneWith({ audiences, member: { attributes: { tier: 'gold' } } })),
    ).toBe(true)
    expect(
      truth({ inAudience: 'a199' }, sceneWith({ audiences, member: { attributes: { tier: 'gold' } } })),
    ).toBe(false)
  })

  test('asks about the member alone, not about the journey they are in', () => {
    const audiences: Record<string, Condition> = {
      grand: { field: 'event.prize.tier', op: 'eq', value: 'grand' },
    }
    expect(truth({ inAudience: 'grand' }, sceneWith({ audiences }))).toBe(false)
  })
})

describe('a consent leaf', () => {
  const asks = (state: 'granted' | 'revoked'): Condition => ({
    consent: { topic: 'prizes', channel: 'email', state },
  })
  const row = (topic: string, state: 'granted' | 'revoked') =>
    ({ topic, channel: 'email', state, source: 'form', at: NOW }) as const

  test('is neither granted nor revoked without a word from the member', () => {
    expect(truth(asks('granted'), sceneWith())).toBe(false)
    expect(truth(asks('revoked'), sceneWith())).toBe(false)
  })

  test('tells the state of that topic on that channel', () => {
    const scene = sceneWith({ member: { consents: [row('prizes', 'granted'), row('news', 'revoked')] } })
    expect(truth(asks('granted'), scene)).toBe(true)
    expect(words(asks('granted'), scene)).toBe('consent for *prizes* by email was granted')
  })

  test('is revoked by a STOP on the channel', () => {
    const scene = sceneWith({ member: { consents: [row('prizes', 'granted'), row('*', 'revoked')] } })
    expect(truth(asks('granted'), scene)).toBe(false)
    expect(truth(asks('revoked'), scene)).toBe(true)
  })
})

describe('the other leaves', () => {
  test('reachable asks for an address that may be used', () => {
    const suppressed = sceneWith({ member: { suppressions: { email: { reason: 'bounced', at: NOW } } } })
    expect(truth({ reachable: 'email' }, sceneWith())).toBe(true)
    expect(truth({ reachable: 'email' }, suppressed)).toBe(false)
    expect(truth({ reachable: 'sms' }, sceneWith())).toBe(false)
    expect(words({ reachable: 'email' }, suppressed)).toBe(
      'not reachable by email (the address is suppressed)',
    )
  })

  test('inList asks for the list', () => {
    expect(truth({ inList: 'club' }, sceneWith({ member: { lists: ['club'] } }))).toBe(true)
    expect(truth({ inList: 'club' }, sceneWith())).toBe(false)
  })

  test('flow asks whether they are inside, through, or ever were', () => {
    const scene = sceneWith({ member: { flows: [{ id: 'flw_1', state: 'ended' }] } })
    const asks = (state: 'inside' | 'ended' | 'ever', id = 'flw_1'): Condition => ({ flow: { id, state } })
    expect(truth(asks('ended'), scene)).toBe(true)
    expect(truth(asks('ever'), scene)).toBe(true)
    expect(truth(asks('inside'), scene)).toBe(false)
    expect(truth(asks('ever', 'flw_2'), scene)).toBe(false)
  })

  test('a sample keeps its members, grows with its percent and is about as large as it says', () => {
    const members = Array.from({ length: 20_000 }, (_, id) => sceneWith({ member: { id: id + 1 } }))
    const inside = (percent: number, salt: string, of = members) =>
      of.filter((scene) => truth({ sample: { percent, salt } }, scene))
    const tenth = inside(10, 'spring')
    expect(inside(10, 'spring')).toEqual(tenth)
    expect(tenth.length).toBeGreaterThan(1_800)
    expect(tenth.length).toBeLessThan(2_200)
    expect(inside(20, 'spring', tenth)).toEqual(tenth)
    expect(inside(10, 'autumn', tenth).length).toBeLessThan(300)
    expect(inside(0, 'spring')).toEqual([])
    expect(inside(100, 'spring')).toEqual(members)
  })
})

describe('why', () => {
  const tier = (value: string): Condition => ({ field: 'event.prize.tier', op: 'eq', value })

  test('says the fact that settled it', () => {
    expect(words(tier('silver'), sceneWith())).toBe('prize tier was *grand*')
    expect(words({ field: 'member.loyaltyTier', op: 'exists' }, sceneWith())).toBe('loyalty tier was missing')
  })

  test('names every leaf that failed in all, and those that held in any', () => {
    const redeemed: Condition = { event: 'PrizeRedeemed', count: { op: '>=', n: 1 }, since: 'entry' }
    expect(words({ all: [tier('grand'), tier('silver'), redeemed] }, sceneWith())).toBe(
      'prize tier was *grand* and *PrizeRedeemed* had not happened since the entry',
    )
    expect(evaluate({ any: [tier('grand'), redeemed] }, sceneWith()).because).toHaveLength(1)
  })

  test('stays short', () => {
    const many = ['a', 'b', 'c', 'd', 'e'].map((key): Condition => ({ field: `member.${key}`, op: 'exists' }))
    expect(words({ all: many }, sceneWith())).toBe('a was missing, b was missing, c was missing and 2 more')
  })

  test('tells how often an event happened', () => {
    const scene = sceneWith({ member: { events: [eventWith(), eventWith()] } })
    const asks: Condition = { event: 'PrizeRedeemed', count: { op: '>', n: 5 }, within: 'P7D' }
    expect(words(asks, scene)).toBe('*PrizeRedeemed* happened 2 times in the last 7 days')
  })

  test('"all" of nothing is true, "any" of nothing false', () => {
    expect(truth({ all: [] }, sceneWith())).toBe(true)
    expect(truth({ any: [] }, sceneWith())).toBe(false)
  })
})
