import { openDb, type Tx } from '../../db/pool.ts'
import { startInstallation } from '../support/installation.ts'
import { startSinkProcess } from '../support/smtp-sink-process.ts'
import { openBooks } from './books.ts'
import { openPlay } from './play.ts'

/** The one workspace of an installation. */
const WORKSPACE = 1

/** A whole Fanfare of its own processes and a mail server, played through its API and seen through its rows. */
export async function openWhole(sinkArgs: string[] = []) {
  const [fanfare, sink] = await Promise.all([startInstallation(), startSinkProcess(['--keep', ...sinkArgs])])
  const play = await openPlay(fanfare.api, sink.port)
  const db = openDb({ url: fanfare.databaseUrl, max: 3, name: 'test' })
  const books = openBooks(db, WORKSPACE)
  return {
    fanfare,
    sink,
    play,
    books,
    db,
    rows: books.rows,
    within: <T>(work: (tx: Tx) => Promise<T>) => db.inWorkspace(WORKSPACE, work),
    /** How many of `all` members have not come to the end of the flow; all of them while the database is away. */
    async unfinished(flow: string, all: number): Promise<number> {
      const journeys = await books.enrollments({ flow }).catch(() => [])
      return all - journeys.filter((one) => one.state === 'ended').length
    },
    async walks(): Promise<number> {
      return (await db.outside((tx) => tx.rows('select 1 from walk'))).length
    },
    async close(): Promise<void> {
      await db.close()
      await Promise.all([fanfare.stop(), sink.stop()])
    },
  }
}
