import fc from 'fast-check'
import { expect, test } from 'vitest'
import { advance, RANK, RECEIPT_KINDS, type Progress, type Report } from '../../flow/receipt.ts'

const SENT: Progress = {
  status: 'sent',
  reason: null,
  sentAt: 0,
  deliveredAt: null,
  readAt: null,
  openedAt: null,
  clickedAt: null,
  failedAt: null,
}

// One instant belongs to one report: of two failures at the same instant, neither is the first.
const reports = fc
  .uniqueArray(
    fc.record({ kind: fc.constantFrom(...RECEIPT_KINDS), at: fc.integer({ min: 1, max: 1_000 }) }),
    {
      selector: (report) => report.at,
      maxLength: 8,
    },
  )
  .map((list): Report[] => list.map((report) => ({ ...report, reason: { code: `at-${report.at}` } })))

test('in whatever order the same reports come, and however often, the message ends the same', () => {
  const shuffled = reports.chain((list) =>
    fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
  )
  fc.assert(
    fc.property(shuffled, ([list, other]) => {
      const end = list.reduce(advance, SENT)
      expect(other.reduce(advance, SENT)).toEqual(end)
      expect([...other, ...list].reduce(advance, SENT)).toEqual(end)
    }),
  )
})

test('no report lowers a status', () => {
  fc.assert(
    fc.property(fc.constantFrom(...(Object.keys(RANK) as Progress['status'][])), reports, (status, list) => {
      let before: Progress = { ...SENT, status }
      for (const report of list) {
        const after = advance(before, report)
        expect(RANK[after.status]).toBeGreaterThanOrEqual(RANK[before.status])
        before = after
      }
    }),
  )
})
