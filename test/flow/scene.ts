import type { ConditionScene } from '../../flow/conditions/scene.ts'
import type { EnrollmentFacts, EventFact, HopFact, MemberFacts, WorkspaceFacts } from '../../flow/facts.ts'

export const NOW = Date.parse('2026-11-21T10:00:00Z')
export const DAY = 86_400_000

export function memberWith(facts: Partial<MemberFacts> = {}): MemberFacts {
  return {
    id: 1,
    externalId: 'm-1',
    email: 'ana@members.example',
    phone: null,
    locale: 'es',
    timeZone: 'Europe/Madrid',
    attributes: {},
    tags: [],
    preferredChannels: [],
    addresses: { email: 'ana@members.example' },
    suppressions: {},
    consents: [],
    events: [],
    lists: [],
    flows: [],
    sends: [],
    erased: false,
    ...facts,
  }
}

export function enrollmentWith(facts: Partial<EnrollmentFacts> = {}): EnrollmentFacts {
  return {
    id: 1,
    node: 'start',
    arrivedAt: NOW,
    rest: null,
    dueAt: null,
    enteredAt: NOW,
    seq: 100,
    entry: {
      id: 'evt-1',
      type: 'CampaignGameWon',
      at: NOW,
      data: { prize: { tier: 'grand', code: 'BIKE-77' } },
    },
    journey: {},
    mark: null,
    hops: [],
    calls: [],
    test: false,
    ...facts,
  }
}

export const WORKSPACE: WorkspaceFacts = {
  timeZone: 'UTC',
  locale: 'en',
  channelOrder: ['email', 'sms'],
  quietHours: null,
  frequencyCaps: [],
  sending: true,
  allowList: null,
  transports: {},
  templates: {},
  audiences: {},
  acts: {},
}

interface Given {
  member?: Partial<MemberFacts>
  enrollment?: Partial<EnrollmentFacts> | null
  audiences?: WorkspaceFacts['audiences']
}

export function sceneWith({ member, enrollment, audiences = {} }: Given = {}): ConditionScene {
  return {
    member: memberWith(member),
    enrollment: enrollment === null ? null : enrollmentWith(enrollment),
    workspace: { audiences },
    now: NOW,
  }
}

export function eventWith(facts: Partial<EventFact> = {}): EventFact {
  return { seq: 101, type: 'PrizeRedeemed', at: NOW, data: {}, ...facts }
}

export function hopWith(facts: Partial<HopFact> = {}): HopFact {
  return {
    node: 'congrats',
    hop: 0,
    channel: 'email',
    status: 'sent',
    sentAt: NOW,
    deliveredAt: null,
    readAt: null,
    clickedAt: null,
    retryAt: null,
    reason: null,
    ...facts,
  }
}
