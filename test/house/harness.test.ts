import { Connection } from '@temporalio/client'
import { afterAll, expect, test } from 'vitest'
import { migrate } from '../../db/migrate.ts'
import { freshDatabase } from '../support/fresh-database.ts'
import { temporalAddress } from '../support/temporal-address.ts'

const one = await freshDatabase()
const other = await freshDatabase()
afterAll(() => Promise.all([one.close(), other.close()]))

test('two test files never see each other’s rows', async () => {
  await one.db.outside((tx) => tx.rows(`insert into workspace (key, name) values ('second', 'Second')`))
  const keys = await other.db.outside((tx) => tx.rows<{ key: string }>('select key from workspace'))
  expect(keys).toEqual([{ key: 'main' }])
})

test('migrating again, from several processes at once, changes nothing', async () => {
  const applied = () => one.db.outside((tx) => tx.rows('select name from workspace order by 1'))
  const before = await applied()
  await Promise.all([migrate(one.url), migrate(one.url), migrate(one.url)])
  expect(await applied()).toEqual(before)
})

test('the run has a Temporal server that serves', async () => {
  const connection = await Connection.connect({ address: temporalAddress() })
  const { namespaceInfo } = await connection.workflowService.describeNamespace({ namespace: 'default' })
  await connection.close()
  expect(namespaceInfo?.name).toBe('default')
})
