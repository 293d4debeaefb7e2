import { ownApi } from '../../server/start/own-api.ts'
import { openEngine, type TestEngine } from '../engine/open-engine.ts'
import type { World } from '../engine/world.ts'
import { startServer, type TestServer } from '../server/start-server.ts'
import { startSink, type Sink } from '../support/smtp-sink.ts'
import { openBooks, type Books } from './books.ts'
import { openPlay, type Play } from './play.ts'

/** One process of everything: the API on a database of its own, a worker's engine without Temporal, a mail server. */
export interface Stage extends TestEngine, Pick<World, 'db' | 'rows' | 'within'> {
  server: TestServer
  sink: Sink
  play: Play
  books: Books
}

export async function openStage(): Promise<Stage> {
  const server = await startServer()
  const sink = await startSink({ keep: true })
  const { hostname: host, port } = new URL(server.base)
  const play = await openPlay(ownApi({ host, port: Number(port) }, server.key), sink.port)
  const crew = await openEngine(server.db, server.workspace)
  const books = openBooks(server.db, server.workspace)
  const close = async (): Promise<void> => {
    sink.release()
    await crew.close()
    await sink.close()
    await server.close()
  }
  const { db, workspace } = server
  return {
    ...crew,
    server,
    sink,
    play,
    books,
    close,
    db,
    rows: books.rows,
    within: (work) => db.inWorkspace(workspace, work),
  }
}
